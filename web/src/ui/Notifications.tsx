// SPDX-License-Identifier: Apache-2.0
// Two settings that the browser has a say in: notifications, and the page as an app.

import { t } from '../i18n';
import { installOffer } from '../state/install';
import { permission, setWanted, turnOn, wanted } from '../state/notify';

export function NotificationChoice() {
  const allowed = permission.value;
  const on = wanted.value && allowed === 'granted';
  const hint =
    allowed === 'unsupported'
      ? t('notifyUnsupported')
      : allowed === 'denied'
        ? t('notifyDenied')
        : t('notifyHint');
  return (
    <>
      <p class="setting-hint" id="notify-hint">
        {hint}
      </p>
      {allowed !== 'unsupported' && allowed !== 'denied' && (
        <button
          type="button"
          class="secondary"
          aria-pressed={on}
          aria-describedby="notify-hint"
          onClick={() => (on ? setWanted(false) : void turnOn())}
        >
          {t(on ? 'notifyOff' : 'notifyOn')}
        </button>
      )}
    </>
  );
}

export function InstallChoice() {
  const offer = installOffer.value;
  if (!offer) return null;
  const install = (): void => {
    installOffer.value = undefined; // an offer works once
    void offer.prompt();
  };
  return (
    <div class="setting">
      <span>{t('installTitle')}</span>
      <p class="setting-hint">{t('installHint')}</p>
      <button type="button" class="secondary" onClick={install}>
        {t('install')}
      </button>
    </div>
  );
}
