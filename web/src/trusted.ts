// SPDX-License-Identifier: Apache-2.0
// The page's one Trusted Types policy (the content security policy names it `parley`): it lets the two
// programs run that belong to the page, and makes no markup at all. Every other string is refused.

interface Policy {
  createScriptURL(url: string): string;
}

const programs = new Set<string>();

const policy: Policy = (
  window as { trustedTypes?: { createPolicy(name: string, rules: Policy): Policy } }
).trustedTypes?.createPolicy('parley', { createScriptURL: own }) ?? { createScriptURL: own };

function own(url: string): string {
  if (programs.has(url)) return url;
  throw new TypeError(`${url} is no program of this page`);
}

/** Of an address that stands in our own source, for a worker to be started from. */
export function program(url: string): string {
  programs.add(new URL(url, location.origin).pathname);
  return policy.createScriptURL(new URL(url, location.origin).pathname);
}
