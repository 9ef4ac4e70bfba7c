// SPDX-License-Identifier: Apache-2.0
// What `account` says itself, in English and Russian. Why a name or a password was refused is said by
// the server, which knows the rules.
#pragma once

#include <parley/phrase.hpp>

namespace account::say {

using parley::Phrase;

// Help
constexpr Phrase kRegister{"Make an account; a guest keeps what they have",
                           "Зарегистрироваться; всё, что было у гостя, сохранится"};
constexpr Phrase kLogin{"Log in", "Войти"};
constexpr Phrase kLogout{"Log out", "Выйти"};
constexpr Phrase kWhoami{"Who you are here", "Кто вы здесь"};
constexpr Phrase kChangePassword{"Change your password; your other sessions end",
                                 "Сменить пароль; остальные ваши сеансы завершатся"};
constexpr Phrase kName{"your name", "ваше имя"};
constexpr Phrase kPassword{"your password", "ваш пароль"};
constexpr Phrase kFreshPassword{"a password for the account", "пароль для учётной записи"};
constexpr Phrase kInvitation{"the code you were given, where registration is by invitation",
                             "код приглашения, если регистрация по приглашениям"};
constexpr Phrase kWhere{"here, or all: everywhere you are logged in",
                        "here — здесь, all — везде, где вы вошли"};
constexpr Phrase kOldPassword{"the present password", "текущий пароль"};
constexpr Phrase kNewPassword{"the new password", "новый пароль"};

// Refusals
constexpr Phrase kRegisteredAlready{
    "you are {0} and have an account already: log out before you make another one",
    "у вас уже есть учётная запись ({0}): чтобы завести другую, сначала выйдите"};
constexpr Phrase kGuestsHaveNoPassword{
    "a guest has no password to change: register to get an account with one",
    "у гостя нет пароля: зарегистрируйтесь, чтобы он появился"};
constexpr Phrase kNoAccount{"only a person's account has a password to change",
                            "пароль можно сменить только у учётной записи человека"};

}  // namespace account::say
