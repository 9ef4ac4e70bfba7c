// SPDX-License-Identifier: Apache-2.0
#include "command/rule_run.h"

#include "command/call_router.h"

namespace parley::command {

void RuleRun::done(CallRouter& router, std::string_view type, std::string_view data_json,
                   std::string_view fields_json) const {
  if (answers && router.claim(answers)) router.send_reply(answers, type, data_json, fields_json);
  tell(RuleEnd::kDone, "");
}

void RuleRun::failed(CallRouter& router, const protocol::ErrorFrame& error) const {
  if (answers && router.claim(answers)) router.send_error(answers, error);
  tell(RuleEnd::kFailed, error.code);
}

void RuleRun::progress(CallRouter& router, std::string_view data_json) const {
  if (answers) router.send_progress(answers, data_json);
}

void RuleRun::nobody_there(CallRouter& router) const {
  if (answers && router.claim(answers)) router.send_nothing(answers);
  tell(RuleEnd::kNobodyThere, "");
}

}  // namespace parley::command
