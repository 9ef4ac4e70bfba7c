// SPDX-License-Identifier: Apache-2.0
const kBlock = 0x8000;

/** As the admin API takes files: no padding, - and _ for + and /. */
export function base64Url(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += kBlock)
    text += String.fromCharCode(...bytes.subarray(at, at + kBlock));
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}
