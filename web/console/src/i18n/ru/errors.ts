// SPDX-License-Identifier: Apache-2.0
import type { errors as en } from '../en/errors';

export const errors: Record<keyof typeof en, string> = {
  errorUnreachable: 'Сервер не отвечает. Он запущен?',
  errorRateLimited: 'Слишком много попыток. Подождите несколько минут и попробуйте снова.',
  errorOverloaded: 'Сервер занят. Попробуйте через мгновение.',
  errorBlocked: 'Эта учётная запись отключена.',
  errorNotFound: 'Такого здесь нет.',
  errorConflict: 'Это не сочетается с тем, что есть сейчас.',
  errorInvalidArgs: 'Сервер не принимает написанное в таком виде.',
  errorTooLarge: 'Это слишком велико.',
  errorUnauthorized: 'Сервер этого не признаёт.',
  errorForbidden: 'Это не разрешено.',
  errorPluginUnavailable: 'Плагин сейчас не может ответить.',
  errorPluginTimeout: 'Плагин не успел ответить.',
  errorPluginCrashed: 'Плагин упал.',
  errorPluginError: 'В плагине произошла ошибка.',
  errorOutcomeUnknown: 'Неизвестно, выполнено ли это. Посмотрите, прежде чем повторять.',
  errorUnsupported: 'Этот сервер такого не умеет.',
  errorInternal: 'Сервер ответил {status} и больше ничего не сказал. Причина в его журнале.',
};
