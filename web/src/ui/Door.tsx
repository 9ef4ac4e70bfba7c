// SPDX-License-Identifier: Apache-2.0
// The first visit: what this is, a name, and three things to try.

import { useEffect, useState } from 'preact/hooks';
import { Compass, CircleQuestionMark, Dices } from './icons';
import { t } from '../i18n';
import { kEnded } from '../state/app';
import { askEntry, entry } from '../state/entry';
import { kept } from '../state/storage';
import { AccountForm, type Way } from './AccountForm';
import { useApp } from './context';
import { reasonText } from './errors';
import { Mark } from './Mark';
import { LanguageChoice, ThemeChoice } from './Preferences';

/** Whoever was logged in before, and can be again. */
const kLogInAgain: (string | undefined)[] = ['token_expired', 'login_ended'];

export function Door() {
  const app = useApp();
  const reason = app.doorReason.value;
  const [way, setWay] = useState<Way>(kLogInAgain.includes(reason) ? 'login' : 'guest');
  useEffect(() => void askEntry(), []);
  const ended = kEnded.some((one) => one === reason);
  return (
    <div class="door">
      <main class="door-card">
        <header class="door-head">
          <Mark size={44} />
          <div>
            <h1>Parley</h1>
            <p>{t('appTagline')}</p>
          </div>
        </header>
        {reason && (
          <p class={`notice${ended ? ' calm' : ''}`} role={ended ? 'status' : 'alert'}>
            {reasonText(reason)}
          </p>
        )}
        <AccountForm way={way} onWay={setWay} ways={['guest', 'login', 'register']} />
        {entry.value.guests && <ThingsToTry onTry={(line) => void enterAndRun(app, line)} />}
      </main>
      <footer class="door-foot">
        <LanguageChoice />
        <ThemeChoice />
      </footer>
    </div>
  );
}

async function enterAndRun(app: ReturnType<typeof useApp>, line: string): Promise<void> {
  const typed = document.querySelector<HTMLInputElement>('#guest-name')?.value.trim();
  const name = typed || kept.get('lastGuest') || `Guest${1000 + Math.floor(Math.random() * 9000)}`;
  try {
    await app.signIn({ kind: 'guest', name });
    const channel = app.active.value;
    if (channel) app.outgoing.submit(channel, line);
  } catch (error) {
    app.doorReason.value = (error as { code?: string }).code ?? 'connection_lost';
  }
}

const kTry = [
  { line: '/help', text: 'tryHelp', Icon: CircleQuestionMark },
  { line: '/roll 2d6', text: 'tryRoll', Icon: Dices },
  { line: '/look', text: 'tryLook', Icon: Compass },
] as const;

export function ThingsToTry({ onTry }: { onTry: (line: string) => void }) {
  return (
    <section class="try" aria-label={t('thingsToTry')}>
      <h2>{t('thingsToTry')}</h2>
      <ul>
        {kTry.map(({ line, text, Icon }) => (
          <li key={line}>
            <button type="button" class="try-item" onClick={() => onTry(line)}>
              <Icon size={18} strokeWidth={1.5} aria-hidden="true" />
              <code>{line}</code>
              <span>{t(text)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
