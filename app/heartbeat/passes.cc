// SPDX-License-Identifier: Apache-2.0
#include "app/heartbeat/passes.h"

#include <nlohmann/json.hpp>

namespace app::heartbeat {

std::string encode(const Pass& pass) { return nlohmann::json{{"at", base::to_rfc3339(pass.at)}}.dump(); }

base::Result<Pass> decode_pass(std::string_view text) {
  auto json = nlohmann::json::parse(text, nullptr, false);
  auto written = json.is_object() ? json.find("at") : json.end();
  if (written == json.end() || !written->is_string()) {
    return base::permanent(base::Reason::kBadRequest, "no pass of a heartbeat");
  }
  BOOST_OUTCOME_TRY(auto at, base::parse_rfc3339(written->get_ref<const std::string&>()));
  return Pass{at.value_or(base::Time{})};
}

void Passes::note(const std::string& stage, const Pass& pass) {
  metrics_
      .gauge("tocsin_heartbeat_last_pass_timestamp_seconds", "When a heartbeat last passed a stage of this process.",
             {{"stage", stage}})
      .Set(base::to_unix_seconds(pass.at));
  std::lock_guard lock(mutex_);
  passes_.insert_or_assign(stage, pass);
}

std::map<std::string, Pass> Passes::all() const {
  std::lock_guard lock(mutex_);
  return passes_;
}

}  // namespace app::heartbeat
