// SPDX-License-Identifier: Apache-2.0
// Preact's memo lives in preact/compat, which is larger than all that is needed of it here.

import { Component, h, type ComponentType, type VNode } from 'preact';

export function memo<P extends object>(inner: ComponentType<P>): ComponentType<P> {
  return class Memo extends Component<P> {
    override shouldComponentUpdate(next: Readonly<P>): boolean {
      const keys = Object.keys(next) as (keyof P)[];
      return keys.some((key) => next[key] !== this.props[key]);
    }
    render(): VNode {
      return h(inner as ComponentType<any>, this.props);
    }
  };
}
