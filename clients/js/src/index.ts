// SPDX-License-Identifier: Apache-2.0
export * from './backoff.js';
export * from './client.js';
export * from './commands.js';
export * from './connection.js';
export type { ClientInfo, Credential } from './credential.js';
export * from './errors.js';
export type { ClientEvents, Pushes } from './events.js';
export type { Sending, SendingOptions } from './outbox.js';
export { shareClient, TabClient } from './tab_client.js';
export type { ParleyClient, TabOptions } from './tab_client.js';
export { defaultEnvironment } from './platform.js';
export type { Environment, News, Socket, SocketConstructor } from './platform.js';
export * from './protocol.js';
export type { RequestOptions, SessionState } from './session.js';
export type { Gap, SubscribeOptions } from './subscriptions.js';
