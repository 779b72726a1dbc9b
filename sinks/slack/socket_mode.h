// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/backoff.h"
#include "base/task_group.h"
#include "net/http/websocket.h"
#include "sinks/listener.h"
#include "sinks/sink_types.h"
#include "sinks/slack/api.h"
#include "sinks/slack/envelope.h"
#include "sinks/slack/options.h"

namespace sinks::slack {

// The URL of a Socket Mode connection, which is good for one and for half a minute: asked for with the app-level token
// that `app` has as its api_key. The error says what to do about a token that is not enough.
base::Task<Called<std::string>> open_socket_url(Api& app, base::Deadline deadline);

// The same section as the app itself speaks with: its app-level token in place of the bot's.
Options as_app(Options options);

// Clicks over Socket Mode (https://docs.slack.dev/apis/events-api/using-socket-mode): a WebSocket that we open, on
// which Slack sends envelopes. A click is acknowledged once it is durable; one that is refused or can't be kept is not,
// so the person sees that it did not work. Slack sends an envelope to one of an app's connections, of which it takes
// ten. Before it ends one it asks for another: the old one is heard until the new one is in use, and some time longer.
//
// What Slack refuses (the token, a scope) is asked again every Pace::refused: a person has to mend it first.
//
// Metrics: tocsin_slack_socket_connected, tocsin_slack_socket_connections_total{result}: "opened", "failed", "refused";
// tocsin_slack_socket_envelopes_total{type}.
class SocketMode final : public Listener, public std::enable_shared_from_this<SocketMode> {
 public:
  struct Pace {
    base::Backoff between{.first = std::chrono::milliseconds(500), .longest = std::chrono::seconds(60)};
    std::chrono::milliseconds open = std::chrono::seconds(10);  // For each of URL, WebSocket and hello.
    std::chrono::milliseconds idle = std::chrono::seconds(30);
    // A connection that lived as long was a good one: the next is opened without a grudge.
    std::chrono::milliseconds settled = std::chrono::seconds(30);
    // For how long one that was replaced is still heard: what is on its way to it arrives. Slack ends it itself.
    std::chrono::milliseconds linger = std::chrono::seconds(10);
    std::chrono::milliseconds refused = std::chrono::seconds(60);
  };

  // The services outlive it. Requires: options.has_socket().
  SocketMode(Options options, const Services& services, Ears ears);
  SocketMode(Options options, const Services& services, Ears ears, Pace pace);

  base::Task<void> run() override;
  void stop() override;
  State state() const override;

 private:
  enum class End {
    kLost,
    kReplaced,  // Slack asks for another connection, and still speaks over this one.
    kRefused,   // There is none before somebody has mended something.
  };
  struct Ended {
    End end = End::kLost;
    base::Error error;
  };
  using Socket = std::shared_ptr<net::http::WebSocket>;

  // One connection from its opening to its end.
  base::Task<Ended> connect_and_listen();
  // Nothing: it is open.
  base::Task<std::optional<Ended>> open();
  void expect_hello();
  base::Task<Ended> listen();
  Ended asked_to_leave(const std::string& reason) const;
  void take_into_use();
  base::Task<base::Result<Envelope>> next(Socket socket);
  // Does what it asks, and acknowledges it.
  base::Task<base::Result<void>> serve(Socket socket, Envelope envelope);
  // Hears what still comes over the connection that was in use.
  void leave();
  base::Task<void> hear_out(Socket socket);
  // After the end of a connection, and after how many in a row that were no good.
  std::chrono::milliseconds wait_after(End end, bool had_settled, int attempt);
  base::Task<void> pause(std::chrono::milliseconds wait);
  bool is_stopping() const;
  void wake();
  void tell(bool is_connected, std::string detail);
  void count_opening(std::string_view result);

  const Options options_;  // As the app.
  const std::string user_agent_;
  const Pace pace_;
  Ears ears_;
  Api api_;
  // On the executor of run() only.
  Socket socket_;
  Socket left_;  // The one before, while it is heard.
  std::optional<boost::asio::steady_timer> timer_;
  std::optional<boost::asio::steady_timer> linger_;
  std::optional<base::Deadline> hello_at_;  // When the connection was taken into use.

  mutable std::mutex mutex_;  // Guards what follows.
  std::optional<base::Executor> executor_;
  bool stopping_ = false;
  State state_{.detail = "not yet opened"};

  std::optional<base::TaskGroup> tasks_;  // Over the executor of run(): one thing runs at a time.
};

}  // namespace sinks::slack
