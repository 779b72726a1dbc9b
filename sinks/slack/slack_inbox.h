// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "sinks/inbox.h"
#include "sinks/sink_types.h"
#include "sinks/slack/api.h"
#include "sinks/slack/click.h"
#include "sinks/slack/options.h"

namespace sinks::slack {

// The buttons of one sink's messages: clicks come signed over HTTP, or over Socket Mode.
class SlackInbox final : public Inbox {
 public:
  // The services outlive it.
  SlackInbox(Options options, const Services& services);

  bool is_called() const override;
  Origin judge_head(const net::http::Headers& headers, base::Time now) const override;
  Origin judge(const net::http::Headers& headers, std::string_view body, base::Time now) const override;
  std::string line() const override { return line_; }
  std::shared_ptr<Listener> listen(Ears ears) const override;
  // Asks Slack once which workspace the token is of: a click in another one is refused.
  base::Task<Heard> hear(std::string payload, base::Deadline deadline) override;

 private:
  struct Workspace {
    std::string team;
    std::string enterprise;
  };
  base::Task<Called<Workspace>> workspace(base::Deadline deadline);

  const Options options_;
  const std::string sink_;  // As sink_name() has it.
  const std::string line_;
  const Services services_;
  base::Clock& clock_;
  Api api_;
  std::mutex mutex_;
  std::optional<Workspace> workspace_;
};

}  // namespace sinks::slack
