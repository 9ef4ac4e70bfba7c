// SPDX-License-Identifier: Apache-2.0
// People above the composer, while one of them is named.

import type { Member } from '@parley/client';
import { t } from '../i18n';
import { Avatar } from './Avatar';
import { Option, kMenuId } from './SlashMenu';

export function MentionMenu({
  people,
  chosen,
  onTake,
}: {
  people: Member[];
  chosen: number;
  onTake: (index: number) => void;
}) {
  return (
    <div class="slash" tabIndex={0}>
      <div role="listbox" id={kMenuId} aria-label={t('people')}>
        {people.map(({ id, name, kind }, index) => (
          <Option key={id} index={index} chosen={chosen} onTake={onTake}>
            <Avatar id={id} name={name} kind={kind} small />
            <span>{name}</span>
          </Option>
        ))}
      </div>
    </div>
  );
}
