// SPDX-License-Identifier: Apache-2.0
// The page Audit.

export const audit = {
  audit: 'Audit',
  when: 'When',
  who: 'Who',
  action: 'Action',
  onWhat: 'On what',
  result: 'Result',
  detail: 'Detail',
  atMostLines: 'At most',
} as const;
