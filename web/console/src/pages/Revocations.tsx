// SPDX-License-Identifier: Apache-2.0
// Files and keys of which nothing is loaded again.

import { useLoaded } from '../loaded';
import { moment, t } from '../i18n';
import { Ctl, Known, Small, Table } from '../ui/parts';
import { revokeAnyAction } from './version_actions';

interface Revocation {
  kind: string;
  value: string;
  reason: string;
  at: number;
}

export function Revocations() {
  const revocations = useLoaded<{ revocations: Revocation[] }>('/plugin-revocations', 10_000);
  return (
    <>
      <h2 class="section with-tool">
        {t('revocations')}
        <Small danger onClick={() => revokeAnyAction(revocations.again)}>
          {t('revokeAny')}
        </Small>
      </h2>
      <Known of={revocations}>
        {({ revocations: rows }) => (
          <Table
            label={t('revocations')}
            empty={t('noRevocations')}
            rows={rows}
            keyOf={({ kind, value }) => `${kind} ${value}`}
            columns={[
              { title: t('kind'), cell: ({ kind }) => (kind === 'key' ? t('aKey') : t('file')) },
              { title: t('revokedValue'), mono: true, cell: ({ value }) => value },
              { title: t('reason'), cell: ({ reason }) => reason || '–' },
              { title: t('when'), cell: ({ at }) => moment(at) },
            ]}
          />
        )}
      </Known>
      <Ctl line="parleyctl plugin revoke" />
    </>
  );
}
