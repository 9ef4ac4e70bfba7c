// SPDX-License-Identifier: Apache-2.0
#include "ctl/examples.h"

#include <map>

namespace parley::ctl {
namespace {

using Examples = std::map<std::string_view, std::string_view>;

const Examples& table() {
  static const Examples kTable{
      {"status",
       "  parleyctl status\n"
       "  parleyctl status -o json | jq .sessions\n"},
      {"sessions",
       "  parleyctl sessions\n"
       "  parleyctl sessions -o json | jq -r '.sessions[] | select(.user == \"neo\") | .id'\n"},
      {"channels", "  parleyctl channels\n"},
      {"channel list", "  parleyctl channel list\n"},
      {"channel bans",
       "  parleyctl channel bans\n"
       "  parleyctl channel bans global -o json\n"},
      {"channel unban", "  parleyctl channel unban global neo\n"},
      {"channel info", "  parleyctl channel info global\n"},
      {"channel messages",
       "  parleyctl channel messages global --limit 50\n"
       "  parleyctl channel messages global --before 120\n"},
      {"channel topic",
       "  parleyctl channel topic global \"Maintenance on Sunday\"\n"
       "  parleyctl channel topic global --remove\n"},
      {"channel delete-message", "  parleyctl channel delete-message global 117\n"},
      {"commands", "  parleyctl commands\n"},
      {"try",
       "  parleyctl try \"/roll 2d6\"\n"
       "  parleyctl try \"/mute neo 10m\" --as ann --channel global\n"
       "  parleyctl try -o json /help | jq .servedBy\n"},
      {"kick", "  parleyctl kick s_9fQ2 --reason \"Please stop that.\"\n"},
      {"say", "  parleyctl say global \"Back in five minutes.\"\n"},
      {"backup", "  parleyctl backup /backup/parley-$(date +%F).db\n"},
      {"restore",
       "  systemctl stop parley\n"
       "  parleyctl --state /var/lib/parley restore /backup/parley.db --yes\n"},
      {"audit",
       "  parleyctl audit --limit 20\n"
       "  parleyctl audit --since 1d --user neo\n"
       "  parleyctl audit --action account.login -o json\n"
       "  parleyctl audit -o json | jq '.entries[] | select(.result != \"ok\")'\n"},
      {"admin-key make",
       "  parleyctl admin-key make deploy --scope read,plugins --for 30d > deploy.key\n"
       "  parleyctl --url https://chat.example.org:8081 --key-file deploy.key plugin list\n"},
      {"admin-key list", "  parleyctl admin-key list\n"},
      {"admin-key revoke", "  parleyctl admin-key revoke k_9fQ2\n"},
      {"plugin list", "  parleyctl plugin list\n"},
      {"plugin info", "  parleyctl plugin info dice\n"},
      {"plugin load",
       "  parleyctl plugin load dice\n"
       "  parleyctl plugin load dice --from /home/ann/dice.so\n"},
      {"plugin unload", "  parleyctl plugin unload dice\n"},
      {"plugin reload",
       "  parleyctl plugin reload reply\n"
       "  parleyctl plugin reload --all\n"},
      {"plugin rollback", "  parleyctl plugin rollback reply\n"},
      {"plugin canary",
       "  parleyctl plugin canary dice 10%\n"
       "  parleyctl plugin canary dice user ann neo\n"},
      {"plugin promote", "  parleyctl plugin promote dice\n"},
      {"plugin release", "  parleyctl plugin release reply\n"},
      {"plugin quarantine", "  parleyctl plugin quarantine reply\n"},
      {"plugin config",
       "  parleyctl plugin config game\n"
       "  parleyctl plugin config game --set crowd=20\n"
       "  parleyctl plugin config game --set crowd=null   # the file's value again\n"},
      {"plugin new", "  parleyctl plugin new weather\n"},
      {"key make", "  parleyctl key make ~/.config/parley/signing.key\n"},
      {"plugin sign", "  parleyctl plugin sign weather.so --key ~/.config/parley/signing.key\n"},
      {"plugin verify",
       "  parleyctl plugin verify weather.so --config parley.yaml\n"
       "  parleyctl plugin verify weather.so --key 11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\n"},
      {"plugin upload",
       "  parleyctl plugin upload weather.so --load\n"
       "  parleyctl plugin upload weather.so --allow-downgrade\n"},
      {"plugin versions", "  parleyctl plugin versions weather\n"},
      {"plugin pin",
       "  parleyctl plugin pin weather 1.2.0\n"
       "  parleyctl plugin pin weather 1.1.0 --allow-downgrade\n"},
      {"plugin unpin", "  parleyctl plugin unpin weather\n"},
      {"plugin revoke",
       "  parleyctl plugin revoke weather 1.1.0 --reason \"tells lies about Mondays\"\n"
       "  parleyctl plugin revoke   # the list\n"},
      {"dev",
       "  parleyctl dev weather\n"
       "  parleyctl dev weather --once\n"},
      {"token make", "  parleyctl token make bridge --for 7d > bridge.token\n"},
      {"token check",
       "  parleyctl token check bridge.token\n"
       "  echo \"$TOKEN\" | parleyctl token check -o json -\n"},
      {"token revoke",
       "  parleyctl token revoke --id 4tqBv0dYxqk8\n"
       "  parleyctl token revoke --id 17 --issuer https://id.example.org\n"
       "  parleyctl token revoke --user neo\n"},
      {"token rotate", "  parleyctl token rotate\n"},
      {"invitation make", "  parleyctl invitation make --note \"for Ann\" --for 2d\n"},
      {"invitation list", "  parleyctl invitation list\n"},
      {"invitation revoke", "  parleyctl invitation revoke i_9fQ2\n"},
      {"acl list", "  parleyctl acl list\n"},
      {"acl allow", "  parleyctl acl allow user:neo mute --note \"helps out\"\n"},
      {"acl deny",
       "  parleyctl acl deny guests remind\n"
       "  parleyctl acl deny everyone plugin:game --channel support --at 1\n"},
      {"acl remove", "  parleyctl acl remove 2\n"},
      {"acl move", "  parleyctl acl move 3 1   # rule 3 becomes the first\n"},
      {"acl explain", "  parleyctl acl explain neo mute --channel global\n"},
      {"acl alias",
       "  parleyctl acl alias dice roll\n"
       "  parleyctl acl alias dice --remove\n"},
      {"acl cooldown",
       "  parleyctl acl cooldown roll --user 5000 --channel 1000\n"
       "  parleyctl acl cooldown roll --remove\n"},
      {"users", "  parleyctl users\n"},
      {"user list", "  parleyctl user list -o json\n"},
      {"user info", "  parleyctl user info neo\n"},
      {"user create",
       "  parleyctl user create neo\n"
       "  parleyctl user create ann --role moderator --password-stdin < /run/secrets/ann\n"},
      {"user disable", "  parleyctl user disable neo\n"},
      {"user enable", "  parleyctl user enable neo\n"},
      {"user role add", "  parleyctl user role add neo moderator\n"},
      {"user role remove", "  parleyctl user role remove neo moderator\n"},
      {"user role set", "  parleyctl user role set neo user moderator\n"},
      {"user reset-password",
       "  parleyctl user reset-password neo\n"
       "  parleyctl user reset-password neo --password-file /run/secrets/neo\n"},
      {"admin redeem",
       "  parleyctl admin redeem $(cat var/first-admin-code) ann\n"
       "  parleyctl admin redeem CODE ann --password-file /run/secrets/ann\n"},
      {"logs",
       "  parleyctl logs --since 2h --level warn\n"
       "  parleyctl logs --plugin reply --follow\n"
       "  parleyctl logs --user neo -n 50 -o json\n"},
      {"log level",
       "  parleyctl log level net debug\n"
       "  parleyctl log level all info\n"},
      {"log levels", "  parleyctl log levels\n"},
      {"config check", "  parleyctl config check --config /etc/parley/parley.yaml\n"},
      {"config print",
       "  parleyctl config print                                   # the running server's\n"
       "  parleyctl config print --config /etc/parley/parley.yaml  # what a start would use\n"},
      {"completion",
       "  source <(parleyctl completion bash)\n"
       "  parleyctl completion fish > ~/.config/fish/completions/parleyctl.fish\n"},
      {"manual", "  parleyctl manual parley.yaml | man -l -\n"},
      {"config reload", "  parleyctl config reload\n"},
  };
  return kTable;
}

}  // namespace

std::string_view examples_of(std::string_view path) {
  const auto found = table().find(path);
  return found == table().end() ? std::string_view() : found->second;
}

std::vector<std::string> verbs_with_examples() {
  std::vector<std::string> verbs;
  for (const auto& [path, text] : table()) verbs.emplace_back(path);
  return verbs;
}

}  // namespace parley::ctl
