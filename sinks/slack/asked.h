// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "net/alertmanager/silences.h"
#include "sinks/sink.h"
#include "sinks/slack/api.h"
#include "sinks/slack/files.h"
#include "sinks/slack/history.h"
#include "sinks/slack/note.h"
#include "sinks/slack/options.h"

namespace sinks::slack {

// Does what somebody asked of an incident, and answers in the thread of its message. What was done is found again, so
// that an attempt after a crash, or a second click, does it no second time. What Alertmanager refuses is an answer too:
// only where Slack can't take the answer is the delivery tried again.
class Asked {
 public:
  // What it works with; outlives it.
  struct Deps {
    const Options& options;
    Api& api;
    Files& files;
    History& history;
    net::http::Client& http;
    base::Clock& clock;
  };

  // Requires: is_asked() of the transition.
  Asked(const Deps& deps, Sending& sending);

  // Keeps the note of `sending` up to date in any case.
  base::Task<base::Result<Reply>> answer();

 private:
  base::Task<Called<std::string>> silence();
  base::Task<Called<std::string>> show_evidence();
  base::Task<Called<std::string>> say_it_is_over();
  base::Task<Called<>> say(std::string mrkdwn);
  std::string comment() const;

  const Deps deps_;
  Sending& sending_;
  const schemas::Transition& transition_;
  const schemas::Command& command_;
  Note note_;
};

}  // namespace sinks::slack
