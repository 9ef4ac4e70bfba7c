// SPDX-License-Identifier: Apache-2.0
// Two speech shapes, one the socket, one the plug. The same drawing as public/favicon.svg.

export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg class="mark" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <path
        class="mark-socket"
        d="M6 3h8a3 3 0 0 1 3 3v2h-5a1 1 0 0 0-1 1v2.4a1 1 0 0 0 1 1h5v2h-5a1 1 0 0 0-1 1v2.4a1 1 0 0 0 1 1h5V20a3 3 0 0 1-3 3H9.5L4 28v-5.3A4 4 0 0 1 1.5 19V7.5A4.5 4.5 0 0 1 6 3z"
      />
      <path
        class="mark-plug"
        d="M22 5.5h4.5a4 4 0 0 1 4 4V21a4 4 0 0 1-2.5 3.7V30l-5.5-5H22a3 3 0 0 1-3-3v-4.5h-5.5a.9.9 0 0 1 0-1.8H19v-4.6h-5.5a.9.9 0 0 1 0-1.8H19v-.8a3 3 0 0 1 3-3z"
      />
    </svg>
  );
}
