// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "sinks/sink_types.h"
#include "sinks/slack/api.h"
#include "sinks/slack/files.h"
#include "sinks/slack/history.h"
#include "sinks/slack/options.h"

namespace sinks::slack {

// Keeps one message an incident in a channel: posted at the opening, edited by what follows, green at the end
// (living_message.h). With an incoming webhook each transition is a message of its own.
class SlackSink final : public Sink {
 public:
  // The services must outlive the sink.
  SlackSink(Options options, const Services& services);

  // What goes out depends on what is there already: it is composed in send(), the body here is empty.
  base::Result<Rendered> render(const schemas::Delivery& delivery) const override;
  // The channel: Slack's limits are of a channel (https://docs.slack.dev/apis/web-api/rate-limits).
  std::string lane(const schemas::Delivery& delivery) const override;
  bool edits() const override { return !options_.is_webhook(); }
  // "C0123456789 1503435956.000247".
  std::string thread_of(const std::string& note) const override;
  base::Task<base::Result<Reply>> send(Sending& sending) override;
  base::Task<Probe> probe(base::Deadline deadline) override;

 private:
  base::Task<base::Result<Reply>> send_to_webhook(Sending& sending);

  const Options options_;
  net::http::Client& http_;
  base::Clock& clock_;
  const std::string user_agent_;
  Api api_;
  Files files_;
  History history_;
};

}  // namespace sinks::slack

namespace sinks {

// The kind "slack_sink".
SinkType slack_sink_type();

}  // namespace sinks
