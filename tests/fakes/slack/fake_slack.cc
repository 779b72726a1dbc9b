// SPDX-License-Identifier: Apache-2.0
#include "tests/fakes/slack/fake_slack.h"

#include <poll.h>

#include <algorithm>

#include "tests/fakes/slack/block_kit.h"

namespace fakes::slack {

namespace {

using nlohmann::json;

std::string between(const std::string& text, const std::string& begin, const std::string& end) {
  auto from = text.find(begin);
  if (from == std::string::npos) return {};
  from += begin.size();
  return text.substr(from, text.find(end, from) - from);
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
  return text;
}

std::string decoded(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      plain += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
      i += 2;
    } else {
      plain += text[i] == '+' ? ' ' : text[i];
    }
  }
  return plain;
}

std::map<std::string, std::string> form(const std::string& body) {
  std::map<std::string, std::string> arguments;
  for (std::size_t at = 0; at < body.size();) {
    auto end = std::min(body.find('&', at), body.size());
    auto pair = body.substr(at, end - at);
    auto equals = pair.find('=');
    if (equals != std::string::npos) arguments[decoded(pair.substr(0, equals))] = decoded(pair.substr(equals + 1));
    at = end + 1;
  }
  return arguments;
}

std::string value(const std::map<std::string, std::string>& arguments, const std::string& name) {
  auto found = arguments.find(name);
  return found == arguments.end() ? std::string() : found->second;
}

}  // namespace

FakeSlack::FakeSlack() : socket_url_(socket_.url()) {
  add_channel("C0000000001", "alerts");
  server_.pull([this](const std::string& request) { return answer(request); });
}

void FakeSlack::add_channel(const std::string& id, const std::string& name, bool member, bool is_private) {
  with([&] { channels_[id] = {.name = name, .member = member, .is_private = is_private, .next = {}}; });
}

void FakeSlack::fail(const std::string& method, Fault fault, int times) {
  with([&] { levers_.push_back({.method = method, .times = times, .fault = fault}); });
}
void FakeSlack::open_sockets_at(const std::string& url) {
  with([&] { socket_url_ = url; });
}

void FakeSlack::refuse(const std::string& method, const std::string& error, int times) {
  with([&] { levers_.push_back({.method = method, .times = times, .error = error}); });
}
void FakeSlack::answer_status(const std::string& method, int status, int times) {
  with([&] { levers_.push_back({.method = method, .times = times, .status = status}); });
}
void FakeSlack::limit(const std::string& method, std::chrono::seconds retry_after, int times) {
  with([&] { levers_.push_back({.method = method, .times = times, .retry_after = retry_after}); });
}

void FakeSlack::remove_message(const std::string& ts) {
  with([&] {
    for (auto& message : messages_) message.is_gone |= message.ts == ts;
  });
}

FakeHttpServer::Lever FakeSlack::answer(const std::string& request) {
  auto head_end = request.find("\r\n\r\n");
  auto head = request.substr(0, head_end);
  auto body = request.substr(head_end + 4);
  auto path = between(head, " ", " ");
  std::lock_guard lock(mutex_);
  if (path.starts_with("/upload/")) {
    files_[path.substr(8)].bytes = body;
    return {.bytes = FakeHttpServer::answer(200, "OK - " + std::to_string(body.size()))};
  }
  if (path.starts_with("/services/")) return serve("webhook", head, body);
  return serve(path.substr(5), head, body);
}

FakeHttpServer::Lever FakeSlack::serve(const std::string& method, const std::string& head, const std::string& body) {
  ++calls_[method];
  std::optional<Fault> fault;
  std::optional<Answer> given;
  std::string channel = method == "chat.postMessage" ? json::parse(body, nullptr, false).value("channel", "") : "";
  // The limit is the channel's, by whichever name it is called.
  if (auto found = find_channel(channel); found != channels_.end()) channel = found->first;
  std::string line = method + " " + channel;
  if (closed_until_[line] > Clock::now()) {
    ++inside_;
    given = closed(line, std::chrono::seconds(1));
  } else if (auto* lever = lever_of(method)) {
    fault = lever->fault;
    if (!lever->error.empty()) given = refusal(lever->error);
    if (lever->status != 0) given = Answer{.status = lever->status, .body = "no JSON"};
    if (lever->retry_after.count() > 0) given = closed(line, lever->retry_after);
    if (lever->times > 0) --lever->times;
  }
  if (fault == Fault::kCutBefore) return {.bytes = {}, .then_close = true};
  bool is_webhook = method == "webhook";
  bool is_of_the_app = method == "apps.connections.open";
  auto wanted = is_of_the_app ? std::string(kAppToken) : token_;
  auto token = lower(head).find(lower("authorization: Bearer " + wanted + "\r\n"));
  if (!given && !is_webhook && token == std::string::npos && !head.ends_with("Bearer " + wanted)) {
    given = refusal("invalid_auth");
  }
  if (!given) given = limited(method, channel);
  if (!given && method == "chat.postMessage" && storm_.limit_every > 0) given = disturb(line, fault);
  if (!given) given = is_webhook ? webhook(body) : perform(method, body);
  if (fault == Fault::kCutAfter) return {.bytes = {}, .then_close = true};
  if (fault == Fault::kHang) return {.bytes = {}, .then_hang = true};
  auto text = given->body.is_string() ? given->body.get<std::string>() : given->body.dump();
  auto headers = "Content-Type: application/json\r\nX-OAuth-Scopes: " + scopes_ + "\r\n" + given->headers;
  return {.bytes = FakeHttpServer::answer(given->status, text, headers)};
}

FakeSlack::Lever* FakeSlack::lever_of(const std::string& method) {
  auto found = std::find_if(levers_.begin(), levers_.end(),
                            [&](const Lever& lever) { return lever.method == method && lever.times != 0; });
  return found == levers_.end() ? nullptr : &*found;
}

FakeSlack::Answer FakeSlack::closed(const std::string& line, std::chrono::milliseconds wait) {
  auto& until = closed_until_[line];
  auto begin = std::max(until, Clock::now());
  until = std::max(until, Clock::now() + wait);
  auto channel = channels_.find(line.substr(line.find(' ') + 1));
  if (channel != channels_.end()) channel->second.blocked += std::max(until - begin, Clock::duration::zero());
  auto seconds = std::to_string(std::chrono::ceil<std::chrono::seconds>(wait).count());
  return {
      .status = 429, .body = {{"ok", false}, {"error", "ratelimited"}}, .headers = "Retry-After: " + seconds + "\r\n"};
}

std::optional<FakeSlack::Answer> FakeSlack::disturb(const std::string& line, std::optional<Fault>& fault) {
  ++allowed_;
  if (allowed_ % storm_.limit_every == 0) return closed(line, storm_.retry_after);
  if (storm_.cut_every > 0 && allowed_ % storm_.cut_every == 0) fault = Fault::kCutAfter;
  return std::nullopt;
}

double FakeSlack::rate_used() const {
  std::lock_guard lock(mutex_);
  double posted = 0;
  double allowed = 0;
  for (const auto& [id, channel] : channels_) {
    if (channel.posts < 2) continue;
    posted += channel.posts - 1;
    allowed += rate_ * std::chrono::duration<double>(channel.last - channel.first - channel.blocked_till_last).count();
  }
  return allowed > 0 ? posted / allowed : 0;
}

std::optional<FakeSlack::Answer> FakeSlack::limited(const std::string& method, const std::string& channel) {
  auto found = find_channel(channel);
  if (method != "chat.postMessage" || rate_ <= 0 || found == channels_.end()) return std::nullopt;
  auto interval = std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(1 / rate_));
  auto now = Clock::now();
  auto& next = found->second.next;
  if (next - now > interval * (burst_ - 1)) return closed(method + " " + channel, std::chrono::seconds(1));
  next = std::max(next, now) + interval;
  return std::nullopt;
}

FakeSlack::Answer FakeSlack::refusal(const std::string& error, const Json& more) const {
  Json body = {{"ok", false}, {"error", error}};
  body.update(more);
  return {.body = body};
}

std::optional<FakeSlack::Answer> FakeSlack::lacks(const std::string& scope) const {
  if (("," + scopes_ + ",").find("," + scope + ",") != std::string::npos) return std::nullopt;
  return refusal("missing_scope", {{"needed", scope}, {"provided", scopes_}});
}

FakeSlack::Answer FakeSlack::perform(const std::string& method, const std::string& body) {
  if (method == "auth.test")
    return {.body = {{"ok", true}, {"team", "Shop"}, {"user", "tocsin"}, {"bot_id", "B1"}, {"team_id", kTeam}}};
  if (method == "apps.connections.open") return {.body = {{"ok", true}, {"url", socket_url_}}};
  if (method == "chat.postMessage" || method == "chat.update") {
    if (auto refused = lacks("chat:write")) return *refused;
    auto message = Json::parse(body, nullptr, false);
    if (!message.is_object()) return refusal("invalid_json");
    return method == "chat.update" ? update(std::move(message)) : post(std::move(message));
  }
  auto arguments = form(body);
  if (method == "conversations.list") return list(arguments);
  if (method == "conversations.info") return info(arguments);
  if (method == "conversations.join") return join(arguments);
  if (method == "conversations.history") return history(arguments, false);
  if (method == "conversations.replies") return history(arguments, true);
  if (method == "files.getUploadURLExternal") return upload_url(arguments);
  if (method == "files.completeUploadExternal") return complete(arguments);
  if (method == "files.info") return file_info(arguments);
  return refusal("unknown_method");
}

std::map<std::string, FakeSlack::Channel>::iterator FakeSlack::find_channel(const std::string& name) {
  return std::find_if(channels_.begin(), channels_.end(),
                      [&](const auto& entry) { return entry.first == name || entry.second.name == name; });
}

std::string FakeSlack::next_ts() {
  auto now = std::chrono::system_clock::now().time_since_epoch();
  last_ts_ = std::max(last_ts_ + 1, std::chrono::duration_cast<std::chrono::microseconds>(now).count());
  auto fraction = std::to_string(last_ts_ % 1'000'000);
  return std::to_string(last_ts_ / 1'000'000) + "." + std::string(6 - fraction.size(), '0') + fraction;
}

// What is wrong with a message's form, files that it shows included.
std::optional<FakeSlack::Answer> FakeSlack::judge(const Json& message) {
  auto found = problems_of(message);
  for (const auto& problem : found) problems_.push_back(to_string(problem));
  if (!found.empty()) return refusal(found.front().error);
  auto text = message.dump();
  for (std::size_t at = 0; (at = text.find("\"slack_file\":{\"id\":\"", at)) != std::string::npos; ++at) {
    auto id = between(text.substr(at), "\"id\":\"", "\"");
    auto file = files_.find(id);
    if (file != files_.end() && file->second.is_complete && file->second.looks_until_usable <= 0) continue;
    return refusal("invalid_blocks", {{"errors", {"invalid slack file [json-pointer:/blocks/0/slack_file]"}}});
  }
  return std::nullopt;
}

FakeSlack::Answer FakeSlack::post(Json message) {
  auto channel = find_channel(message.value("channel", ""));
  if (channel == channels_.end()) return refusal("channel_not_found");
  if (channel->second.archived) return refusal("is_archived");
  if (!channel->second.member && (channel->second.is_private || lacks("chat:write.public"))) {
    return refusal(channel->second.is_private ? "channel_not_found" : "not_in_channel");
  }
  if (auto refused = judge(message)) return *refused;
  Message posted{
      .channel = channel->first, .ts = next_ts(), .thread_ts = message.value("thread_ts", ""), .content = {}};
  if (!posted.thread_ts.empty()) {
    auto is_parent = [&](const Message& m) {
      return m.ts == posted.thread_ts && m.channel == posted.channel && !m.is_gone;
    };
    if (std::none_of(messages_.begin(), messages_.end(), is_parent)) return refusal("thread_not_found");
  }
  posted.content = std::move(message);
  messages_.push_back(posted);
  auto& line = channel->second;
  line.last = Clock::now();
  if (line.posts++ == 0) line.first = line.last;
  line.blocked_till_last = line.blocked;
  return {.body = {{"ok", true}, {"channel", posted.channel}, {"ts", posted.ts}, {"message", posted.content}}};
}

FakeSlack::Answer FakeSlack::update(Json message) {
  auto channel = message.value("channel", "");
  if (!channels_.contains(channel)) return refusal("channel_not_found");  // It takes an id only.
  auto found = std::find_if(messages_.begin(), messages_.end(), [&](const Message& m) {
    return m.channel == channel && m.ts == message.value("ts", "") && !m.is_gone;
  });
  if (found == messages_.end()) return refusal("message_not_found");
  if (auto refused = judge(message)) return *refused;
  found->content = std::move(message);
  ++found->edits;
  return {.body = {{"ok", true}, {"channel", channel}, {"ts", found->ts}}};
}

FakeSlack::Answer FakeSlack::webhook(const std::string& body) {
  auto message = Json::parse(body, nullptr, false);
  if (!message.is_object()) return {.status = 400, .body = "invalid_payload"};
  if (auto refused = judge(message)) return {.status = 400, .body = refused->body["error"]};
  messages_.push_back({.channel = "webhook", .ts = next_ts(), .thread_ts = {}, .content = std::move(message)});
  return {.body = "ok"};
}

FakeSlack::Answer FakeSlack::list(const Arguments&) const {
  if (auto refused = lacks("channels:read")) return *refused;
  Json found = Json::array();
  for (const auto& [id, channel] : channels_) {
    if (channel.is_private && !channel.member) continue;
    found.push_back({{"id", id}, {"name", channel.name}, {"is_member", channel.member}});
  }
  return {.body = {{"ok", true}, {"channels", found}}};
}

FakeSlack::Answer FakeSlack::info(const Arguments& arguments) const {
  auto found = channels_.find(value(arguments, "channel"));
  if (found == channels_.end()) return refusal("channel_not_found");
  const auto& channel = found->second;
  return {.body = {{"ok", true},
                   {"channel",
                    {{"id", found->first},
                     {"name", channel.name},
                     {"is_member", channel.member},
                     {"is_archived", channel.archived}}}}};
}

FakeSlack::Answer FakeSlack::join(const Arguments& arguments) {
  if (auto refused = lacks("channels:join")) return *refused;
  auto found = channels_.find(value(arguments, "channel"));
  if (found == channels_.end() || found->second.is_private) return refusal("channel_not_found");
  found->second.member = true;
  return {};
}

FakeSlack::Answer FakeSlack::history(const Arguments& arguments, bool of_a_thread) const {
  if (auto refused = lacks("channels:history")) return *refused;
  auto channel = channels_.find(value(arguments, "channel"));
  if (channel == channels_.end()) return refusal("channel_not_found");
  if (!channel->second.member) return refusal("not_in_channel");
  Json found = Json::array();
  for (auto message = messages_.rbegin(); message != messages_.rend(); ++message) {
    if (message->channel != channel->first || message->is_gone) continue;
    bool in_thread = message->thread_ts == value(arguments, "ts");
    if (of_a_thread ? !in_thread : !message->thread_ts.empty()) continue;
    if (!of_a_thread && message->ts < value(arguments, "oldest")) continue;
    Json shown = {{"ts", message->ts}, {"text", message->content.value("text", "")}};
    if (value(arguments, "include_all_metadata") == "true" && message->content.contains("metadata")) {
      shown["metadata"] = message->content["metadata"];
    }
    auto replies = std::count_if(messages_.begin(), messages_.end(),
                                 [&](const Message& reply) { return reply.thread_ts == message->ts; });
    if (replies > 0) shown["reply_count"] = replies;
    found.push_back(std::move(shown));
  }
  return {.body = {{"ok", true}, {"messages", found}, {"has_more", false}}};
}

FakeSlack::Answer FakeSlack::upload_url(const Arguments& arguments) {
  if (auto refused = lacks("files:write")) return *refused;
  if (value(arguments, "length").empty() || value(arguments, "length") == "0") return refusal("missing_argument");
  auto id = "F" + std::to_string(100'000'000 + files_.size());
  files_[id] = {
      .name = value(arguments, "filename"), .bytes = {}, .looks_until_usable = looks_until_usable_, .shared_in = {}};
  return {.body = {{"ok", true}, {"file_id", id}, {"upload_url", server_.url("/upload/" + id)}}};
}

FakeSlack::Answer FakeSlack::complete(const Arguments& arguments) {
  auto list = Json::parse(value(arguments, "files"), nullptr, false);
  if (!list.is_array() || list.empty()) return refusal("invalid_arguments");
  for (const auto& entry : list) {
    auto file = files_.find(entry.value("id", ""));
    if (file == files_.end() || file->second.bytes.empty()) return refusal("file_not_found");
    file->second.is_complete = true;
    file->second.shared_in = value(arguments, "thread_ts");
  }
  if (auto thread = value(arguments, "thread_ts"); !thread.empty()) {
    messages_.push_back({.channel = value(arguments, "channel_id"),
                         .ts = next_ts(),
                         .thread_ts = thread,
                         .content = {{"files", list}}});
  }
  return {.body = {{"ok", true}, {"files", list}}};
}

FakeSlack::Answer FakeSlack::file_info(const Arguments& arguments) {
  if (auto refused = lacks("files:read")) return *refused;
  auto file = files_.find(value(arguments, "file"));
  if (file == files_.end()) return refusal("file_not_found");
  bool is_usable = file->second.is_complete && --file->second.looks_until_usable < 0;
  return {.body = {{"ok", true}, {"file", {{"id", file->first}, {"mimetype", is_usable ? "image/png" : ""}}}}};
}

std::vector<FakeSlack::Message> FakeSlack::messages() const {
  std::lock_guard lock(mutex_);
  return messages_;
}

std::vector<FakeSlack::Message> FakeSlack::tops() const {
  auto found = messages();
  std::erase_if(found, [](const Message& message) { return !message.thread_ts.empty(); });
  return found;
}

std::vector<FakeSlack::Message> FakeSlack::replies_to(const std::string& ts) const {
  auto found = messages();
  std::erase_if(found, [&](const Message& message) { return message.thread_ts != ts; });
  return found;
}

std::vector<FakeSlack::File> FakeSlack::files() const {
  std::lock_guard lock(mutex_);
  std::vector<File> found;
  for (const auto& [id, file] : files_) found.push_back(file);
  return found;
}

int FakeSlack::calls(const std::string& method) const {
  std::lock_guard lock(mutex_);
  auto found = calls_.find(method);
  return found == calls_.end() ? 0 : found->second;
}

int FakeSlack::inside_a_wait() const {
  std::lock_guard lock(mutex_);
  return inside_;
}

std::vector<std::string> FakeSlack::problems() const {
  std::lock_guard lock(mutex_);
  return problems_;
}

bool FakeSlack::wait_until(const std::function<bool()>& condition, std::chrono::seconds limit) const {
  constexpr int kPauseMs = 10;
  auto end = Clock::now() + limit;
  while (!condition()) {
    if (Clock::now() >= end) return condition();
    poll(nullptr, 0, kPauseMs);
  }
  return true;
}

}  // namespace fakes::slack
