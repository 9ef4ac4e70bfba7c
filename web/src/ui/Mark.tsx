// SPDX-License-Identifier: Apache-2.0
// Two speech shapes, one the socket, one the plug. The same drawing as public/favicon.svg.

export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg class="mark" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <path
        class="mark-socket"
        d="M6 3h8.5a3.5 3.5 0 0 1 3.5 3.5V8h-4.5v3H18v3h-4.500v3H18v.5a3.500 3.500 0 0 1-3.500 3.500H9l-5 4.500V20.600A3.500 3.500 0 0 1 2.500 18V6.500A3.500 3.500 0 0 1 6 3z"
      />
      <path
        class="mark-plug"
        d="M20 7h6.500A3.500 3.500 0 0 1 30 10.500v12a3.500 3.500 0 0 1-2 3.200V30l-5-4h-6.500a3.500 3.500 0 0 1-3.400-2.700h1.400a5.500 5.500 0 0 0 5.500-5.500v-1.500h-5v-1.600h5v-3.400h-5V9.700h5z"
      />
    </svg>
  );
}
