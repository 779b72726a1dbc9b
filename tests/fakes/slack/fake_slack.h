// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "tests/fakes/fake_http_server.h"
#include "tests/fakes/slack/fake_socket.h"

namespace fakes::slack {

// A workspace of Slack on a port of the loopback: channels, messages, files, and its Web API as far as a sink needs it,
// at least as strict as the real one (block_kit.h). It goes wrong when a lever says so. Thread-safe.
class FakeSlack {
 public:
  static constexpr const char* kToken = "xoxb-12345-secret-of-the-bot";

  static constexpr const char* kSigningSecret = "8f742231b10e8888abcd99yyyzzz85a5";
  static constexpr const char* kAppToken = "xapp-1-A0000000001-secret-of-the-app";
  static constexpr const char* kTeam = "T0000000001";

  struct Message {
    std::string channel;
    std::string ts;
    std::string thread_ts;  // Of a reply.
    nlohmann::json content;
    int edits = 0;
    bool is_gone = false;
  };
  struct File {
    std::string name;
    std::string bytes;
    bool is_complete = false;
    int looks_until_usable = 0;
    std::string shared_in;  // The thread.
  };

  // How a call goes wrong.
  enum class Fault {
    kCutBefore,  // The connection ends, and nothing was done.
    kCutAfter,   // It was done, and the connection ends before the answer.
    kHang,       // It was done, and there is no answer and no end.
  };

  FakeSlack();

  std::string api_url() const { return server_.url("/api/"); }
  std::uint16_t port() const { return server_.port(); }
  std::string webhook_url() const { return server_.url("/services/T1/B1/wEbhookSecret"); }

  // Levers. `method` is one of the API's; "webhook" the incoming webhook.
  void add_channel(const std::string& id, const std::string& name, bool member = true, bool is_private = false);
  void set_scopes(std::string scopes) {
    with([&] { scopes_ = std::move(scopes); });
  }
  void set_token(std::string token) {
    with([&] { token_ = std::move(token); });
  }
  // The next `times` calls fail so; -1: all.
  void fail(const std::string& method, Fault fault, int times = 1);
  void refuse(const std::string& method, const std::string& error, int times = -1);
  void answer_status(const std::string& method, int status, int times = 1);
  // The next calls are limited, with this Retry-After.
  void limit(const std::string& method, std::chrono::seconds retry_after, int times = 1);
  // Messages that a channel takes a second, and how many at once; zero: any.
  void set_channel_rate(double per_second, int burst) {
    with([&] {
      rate_ = per_second;
      burst_ = burst;
    });
  }
  // Of the posts that the rate allows each `limit_every`th is limited all the same, with this Retry-After, and of each
  // `cut_every`th the connection ends after it was done; zero: none.
  void storm(int limit_every, std::chrono::seconds retry_after, int cut_every) {
    with([&] { storm_ = {limit_every, retry_after, cut_every}; });
  }
  // What was posted of what the rate allowed: over all channels, the posts after the first divided by the rate times
  // the time from the first to the last in which the channel was not inside of a Retry-After.
  double rate_used() const;
  // How often files.info says that a file is not ready.
  void set_looks_until_usable(int looks) {
    with([&] { looks_until_usable_ = looks; });
  }
  void remove_message(const std::string& ts);

  // What Slack sends when somebody presses the button of a message: a block_actions payload. Each call is another
  // click. Throws where the message has no such button.
  nlohmann::json click(const std::string& ts, const std::string& action_id, const std::string& user = "U0000000ANN",
                       const std::string& name = "ann");

  // Where apps.connections.open sends the app, unless elsewhere.
  FakeSocket& socket() { return socket_; }
  void open_sockets_at(const std::string& url);

  // What there is. Messages in the order of their posting; of a channel by id, or all.
  std::vector<Message> messages() const;
  // Those that opened something: no replies, none of files.
  std::vector<Message> tops() const;
  std::vector<Message> replies_to(const std::string& ts) const;
  std::vector<File> files() const;
  int calls(const std::string& method) const;
  // Requests that came inside of a Retry-After.
  int inside_a_wait() const;
  // Every problem with a message's form.
  std::vector<std::string> problems() const;
  bool wait_until(const std::function<bool()>& condition, std::chrono::seconds limit = std::chrono::seconds(60)) const;

 private:
  using Json = nlohmann::json;
  using Clock = std::chrono::steady_clock;
  using Arguments = std::map<std::string, std::string>;
  struct Channel {
    std::string name;
    bool member = true;
    bool is_private = false;
    bool archived = false;
    Clock::time_point next;  // Of the rate.
    int posts = 0;
    Clock::time_point first;
    Clock::time_point last;
    Clock::duration blocked{0};  // Inside of a Retry-After, so far, and until the last post.
    Clock::duration blocked_till_last{0};
  };
  struct Lever {
    std::string method;
    int times = 1;
    std::optional<Fault> fault;
    std::string error;
    int status = 0;
    std::chrono::seconds retry_after{0};
  };
  struct Answer {
    int status = 200;
    Json body = {{"ok", true}};
    std::string headers;
  };

  struct Storm {
    int limit_every = 0;
    std::chrono::seconds retry_after{0};
    int cut_every = 0;
  };

  template <class Change>
  void with(Change change) {
    std::lock_guard lock(mutex_);
    change();
  }
  FakeHttpServer::Lever answer(const std::string& request);
  FakeHttpServer::Lever serve(const std::string& method, const std::string& head, const std::string& body);
  Answer perform(const std::string& method, const std::string& body);
  Answer webhook(const std::string& body);
  Lever* lever_of(const std::string& method);
  std::optional<Answer> disturb(const std::string& line, std::optional<Fault>& fault);
  std::optional<Answer> limited(const std::string& method, const std::string& channel);
  Answer closed(const std::string& line, std::chrono::milliseconds wait);
  Answer refusal(const std::string& error, const Json& more = Json::object()) const;
  std::optional<Answer> lacks(const std::string& scope) const;
  std::map<std::string, Channel>::iterator find_channel(const std::string& name);
  Answer post(Json message);
  Answer update(Json message);
  Answer list(const Arguments& arguments) const;
  Answer info(const Arguments& arguments) const;
  Answer join(const Arguments& arguments);
  Answer history(const Arguments& arguments, bool of_a_thread) const;
  Answer upload_url(const Arguments& arguments);
  Answer complete(const Arguments& arguments);
  Answer file_info(const Arguments& arguments);
  std::optional<Answer> judge(const Json& message);
  std::string next_ts();

  FakeSocket socket_;
  std::string socket_url_;
  mutable std::mutex mutex_;
  std::string token_ = kToken;
  std::string scopes_ =
      "chat:write,chat:write.public,files:write,files:read,channels:read,groups:read,channels:history,groups:history,"
      "channels:join";
  std::map<std::string, Channel> channels_;  // By id.
  std::vector<Message> messages_;
  std::map<std::string, File> files_;  // By id.
  std::vector<Lever> levers_;
  std::map<std::string, Clock::time_point> closed_until_;
  std::map<std::string, int> calls_;
  std::vector<std::string> problems_;
  int inside_ = 0;
  double rate_ = 0;
  Storm storm_;
  int allowed_ = 0;
  int burst_ = 1;
  int looks_until_usable_ = 0;
  int clicks_ = 0;
  std::int64_t last_ts_ = 0;
  FakeHttpServer server_;  // Last: its threads use the fields above.
};

}  // namespace fakes::slack
