// SPDX-License-Identifier: Apache-2.0
export * from './protocol';
export * from './backoff';
export * from './connection';
export * from './credential';
export * from './session';
export * from './browser';
