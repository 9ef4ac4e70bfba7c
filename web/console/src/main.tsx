// SPDX-License-Identifier: Apache-2.0
import { render } from 'preact';
import { Console } from './ui/Console';
import { look } from './session';
import './styles/index.css';

void look();
render(<Console />, document.getElementById('app')!);
