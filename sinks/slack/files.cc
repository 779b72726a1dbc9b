// SPDX-License-Identifier: Apache-2.0
#include "sinks/slack/files.h"

#include <nlohmann/json.hpp>

namespace sinks::slack {

using nlohmann::json;

namespace {

std::string text_of(const json& object, const char* member) {
  if (!object.is_object()) return {};
  auto found = object.find(member);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

net::http::Query completion(const json& files) { return {{"files", files.dump()}}; }

}  // namespace

// The bytes are there; nobody sees them before they are completed.
base::Task<Called<std::string>> Files::put(const Upload& file, base::Deadline deadline) {
  net::http::Query arguments = {{"filename", file.name}, {"length", std::to_string(file.contents.size())}};
  if (!file.alt.empty()) arguments.emplace_back("alt_txt", file.alt);
  auto place = co_await api_.call("files.getUploadURLExternal", std::move(arguments), deadline);
  if (!place) co_return place.error();
  auto id = text_of(place.value().body(), "file_id");
  auto put = co_await api_.upload(text_of(place.value().body(), "upload_url"), file.contents, deadline);
  if (!put) co_return put.error();
  co_return id;
}

base::Task<Called<std::string>> Files::upload(Upload file, base::Deadline deadline) {
  auto id = co_await put(file, deadline);
  if (!id) co_return id.error();
  auto files = json::array({{{"id", id.value()}, {"title", file.title}}});
  auto done = co_await api_.call("files.completeUploadExternal", completion(files), deadline);
  if (!done) co_return done.error();
  co_return id;
}

base::Task<Called<std::vector<std::string>>> Files::share(std::vector<Upload> files, Thread into,
                                                          base::Deadline deadline) {
  std::vector<std::string> ids;
  json list = json::array();
  for (const auto& file : files) {
    auto id = co_await put(file, deadline);
    if (!id) co_return id.error();
    list.push_back({{"id", id.value()}, {"title", file.title}});
    ids.push_back(id.value());
  }
  auto arguments = completion(list);
  arguments.emplace_back("channel_id", into.channel);
  arguments.emplace_back("thread_ts", into.ts);
  auto done = co_await api_.call("files.completeUploadExternal", std::move(arguments), deadline);
  if (!done) co_return done.error();
  co_return ids;
}

base::Task<Called<bool>> Files::is_usable(std::string id, base::Deadline deadline) {
  auto answer = co_await api_.call("files.info", {{"file", id}}, deadline);
  if (!answer) co_return answer.error();
  const json& body = answer.value().body();
  co_return body.contains("file") && !text_of(body["file"], "mimetype").empty();
}

}  // namespace sinks::slack
