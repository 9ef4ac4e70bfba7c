// SPDX-License-Identifier: Apache-2.0
// The versions that were uploaded of a plugin: which serves, which is loaded from now on, which never again.

import type { Loaded } from '../loaded';
import { bytes, t } from '../i18n';
import { quoted } from '../ui/action';
import { Ctl, Known, Small, State, Table } from '../ui/parts';
import { pluginAction, uploadAction } from './plugin_actions';
import { nameOf, pinAction, revokeVersionAction, unpinAction, type Version, type Versions } from './version_actions';

interface Props {
  of: Loaded<Versions>;
  id: string;
  serves: boolean;
  done: () => void;
}

export function VersionsSection({ of, id, serves, done }: Readonly<Props>) {
  return (
    <>
      <h2 class="section">{t('versions')}</h2>
      <Known of={of}>
        {({ versions, uploads }) => (
          <>
            {versions.length > 0 && <p class="muted lead">{t('versionsText')}</p>}
            <Table
              label={t('versions')}
              empty={t('noVersions')}
              rows={versions}
              keyOf={({ file }) => file}
              columns={[
                { title: t('version'), cell: (row) => nameOf(row, versions) },
                { title: t('state'), cell: (row) => <States of={row} /> },
                { title: t('signedBy'), mono: true, cell: ({ signedBy }) => signedBy || '–' },
                { title: t('size'), number: true, cell: ({ bytes: size }) => bytes(size) },
              ]}
              tools={(row) => <Tools row={row} name={nameOf(row, versions)} {...{ id, serves, done }} />}
            />
            {uploads ? (
              <button type="button" class="secondary after-table" onClick={() => uploadAction(id, done)}>
                {t('uploadTitle')}
              </button>
            ) : (
              <p class="muted">{t('uploadsOff')}</p>
            )}
            <Ctl line={`parleyctl plugin versions ${quoted(id)}`} />
          </>
        )}
      </Known>
    </>
  );
}

/** "sha256: why" or "key: why". */
function revokedText(revoked: string): string {
  return revoked.replace(/^sha256\b/, t('revokedFile')).replace(/^key\b/, t('revokedKey'));
}

/** One version can be several things at once. */
function States({ of: { serving, pinned, revoked } }: Readonly<{ of: Version }>) {
  return (
    <span class="states">
      {serving && <State tone="ok">{t('servingNow')}</State>}
      {pinned && <State tone="warn">{t('pinned')}</State>}
      {revoked && <State tone="danger">{t('revoked')}</State>}
      {!serving && !pinned && !revoked && <State tone="quiet">{t('kept')}</State>}
      {revoked && <small class="muted">{revokedText(revoked)}</small>}
    </span>
  );
}

interface ToolsProps {
  row: Version;
  name: string;
  id: string;
  serves: boolean;
  done: () => void;
}

function Tools({ row, name, id, serves, done }: Readonly<ToolsProps>) {
  const which = <span class="sr-only"> {name}</span>;
  const verb = serves ? 'reload' : 'load';
  return (
    <>
      {!row.serving && !row.revoked && (
        <Small onClick={() => pluginAction(verb, id, done, row.file)}>
          {t(verb)}
          {which}
        </Small>
      )}
      {row.pinned ? (
        <Small onClick={() => unpinAction(id, done)}>
          {t('unpin')}
          {which}
        </Small>
      ) : (
        !row.revoked && (
          <Small onClick={() => pinAction(id, name, done)}>
            {t('pin')}
            {which}
          </Small>
        )
      )}
      {!row.revoked && (
        <Small danger onClick={() => revokeVersionAction(id, name, row, done)}>
          {t('revoke')}
          {which}
        </Small>
      )}
    </>
  );
}
