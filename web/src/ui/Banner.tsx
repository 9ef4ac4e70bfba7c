// SPDX-License-Identifier: Apache-2.0
// The connection's state, directly above the composer, so that nothing else moves.

import { useEffect, useState } from 'preact/hooks';
import { WifiOff } from './icons';
import { t } from '../i18n';
import { plain } from '../state/plain';
import { useApp } from './context';
import { useNow } from './now';

/** A loss that heals within this time is not worth a banner. */
const kPatienceMs = 400;

const kReasonLength = 160;

export function Banner() {
  const app = useApp();
  const state = app.connection.value;
  const calm = app.ready.value;
  const [patient, setPatient] = useState(true);
  const now = useNow(state.kind === 'waiting');
  useEffect(() => {
    if (calm) {
      setPatient(true);
      return;
    }
    const timer = setTimeout(() => setPatient(false), kPatienceMs);
    return () => clearTimeout(timer);
  }, [calm]);
  if (calm || patient) return null;

  const retry = (): void => app.client.retryNow();
  return (
    <div class="banner" role="status">
      <WifiOff size={16} strokeWidth={1.5} aria-hidden="true" />
      {state.kind === 'waiting' && (
        <>
          <span>
            {t('connectionLost', { n: Math.max(1, Math.ceil((state.retryAt - now) / 1000)) })}
          </span>
          <button type="button" class="link" onClick={retry}>
            {t('tryNow')}
          </button>
        </>
      )}
      {state.kind === 'refused' && (
        <>
          <span>{refusedText(state.code, state.reason)}</span>
          <button type="button" class="link" onClick={retry}>
            {t('reconnect')}
          </button>
        </>
      )}
      {(state.kind === 'connecting' || state.kind === 'open' || state.kind === 'idle') && (
        <span>{t('connecting')}</span>
      )}
    </div>
  );
}

/** What the server says where the operator gave no reason. */
const kNoReason = 'Removed by an operator.';

function refusedText(code: number, reason = ''): string {
  const why = reason === kNoReason ? '' : plain(reason, kReasonLength);
  if (code === 4504) return why ? t('refusedKickedFor', { reason: why }) : t('refusedKicked');
  if (code === 4509) return t('refusedReplaced');
  if (code === 4505) return t('errConnectionLimit');
  return t('refusedOther', { code: String(code) });
}
