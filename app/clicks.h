// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/log_limit.h"
#include "base/metrics.h"
#include "base/task.h"
#include "bus/bus.h"
#include "net/http/server.h"
#include "sinks/inbox.h"

namespace app {

// What people say back to the sinks of a configuration, on its way into the log: whatever process hears it, it goes as
// a command to who keeps the incident. Told as accepted only when it is durable. Thread-safe.
class Clicks {
 public:
  // Payloads carry the message that was clicked on, of at most 50 KB, in a form that may take three bytes for one.
  static constexpr std::size_t kLargest = 512 * 1024;

  // Inboxes by the names of their sinks.
  using Inboxes = std::map<std::string, std::shared_ptr<sinks::Inbox>>;

  // All outlive it.
  Clicks(bus::Bus& bus, const base::Clock& clock, base::Metrics& metrics)
      : bus_(bus), clock_(clock), metrics_(metrics) {}

  // From now on these.
  void use(Inboxes inboxes);

  // POST /api/slack/interactivity. 200 with an empty body once it is durable, within the three seconds that Slack
  // waits; 401 for what is not signed by the app of a sink, 400 for what is no click on a button of ours, 403 where no
  // sink has a signing secret, and 503 where it can't be kept now. The server bounds the body.
  base::Task<net::http::ServerResponse> handle(net::http::ServerRequest request);
  // The refusal of handle() that the head alone is enough for: nobody's body is read who shows no signature.
  std::optional<net::http::ServerResponse> judge_head(const net::http::ServerRequest& head);

  // What came over the connection of that name (sinks::Inbox::line()). True once it is durable, or asks for nothing.
  base::Task<bool> take(std::string line, std::string payload);

 private:
  // How far towards being ours it came, of all that judged it.
  struct Judged {
    std::vector<std::shared_ptr<sinks::Inbox>> ours;
    bool is_asked = false;  // Somebody has a signing secret.
    sinks::Origin worst = sinks::Origin::kUnsigned;
  };

  template <class Judge>
  Judged judge(const Judge& judge) const;
  std::shared_ptr<const Inboxes> inboxes() const;
  // What the first that takes it makes of it, else what one says against it.
  base::Task<sinks::Heard> hear(std::vector<std::shared_ptr<sinks::Inbox>> inboxes, std::string payload);
  base::Task<sinks::Heard> keep(sinks::Heard heard);
  std::optional<net::http::ServerResponse> refusal_of(const Judged& judged);
  void note_refusal(std::string_view way, std::string_view outcome, std::string_view why);
  net::http::ServerResponse refuse(int status, std::string_view outcome, std::string_view why);
  void count(std::string_view way, std::string_view outcome);

  bus::Bus& bus_;
  const base::Clock& clock_;
  base::Metrics& metrics_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Inboxes> inboxes_ = std::make_shared<Inboxes>();
  base::LogLimit refusals_;  // By outcome: whoever can reach us could fill the log otherwise.
};

}  // namespace app
