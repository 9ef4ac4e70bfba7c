// SPDX-License-Identifier: Apache-2.0
import { t } from '../i18n';
import type { Key } from '../i18n/en';
import { CommandGroups } from './CommandGroups';
import { useApp } from './context';

const kKeys: [string[], Key][] = [
  [['Enter'], 'keySend'],
  [['Shift', 'Enter'], 'keyNewLine'],
  [['↑'], 'keyEditLast'],
  [['Ctrl', '↑ ↓'], 'keyHistory'],
  [['Alt', '↑ ↓'], 'keyChannels'],
  [['Ctrl', 'K'], 'keySwitcher'],
  [['↑ ↓'], 'keyWalk'],
  [['R'], 'keyAnswer'],
  [['Esc'], 'keyEscape'],
  [['?'], 'keyHelp'],
];

export function HelpBody() {
  const app = useApp();
  return (
    <div class="help">
      <h3>{t('keyboard')}</h3>
      <dl class="keys">
        {kKeys.map(([keys, text]) => (
          <div key={text}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{t(text)}</dd>
          </div>
        ))}
      </dl>
      <h3>{t('commands')}</h3>
      <p class="muted">{t('commandsFrom')}</p>
      {app.active.value && <CommandGroups channel={app.active.value} />}
    </div>
  );
}
