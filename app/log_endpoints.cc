// SPDX-License-Identifier: Apache-2.0
#include "app/log_endpoints.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "app/dead_letters.h"
#include "app/heartbeat/beat.h"
#include "schemas/topics.h"
#include "sinks/delivery/removed_sink.h"
#include "sinks/delivery/stage.h"

namespace app {

using net::http::ServerResponse;

namespace {

// What the caller wants of which letters.
struct Wish {
  DeadLetterChange change;
  std::vector<std::string> ids;
  bool all = false;
};

std::optional<Wish> read_wish(const std::string& body) {
  auto json = nlohmann::json::parse(body, nullptr, false);
  if (!json.is_object() || !json.contains("change")) return std::nullopt;
  Wish wish;
  if (json["change"] == "replay") {
    wish.change = DeadLetterChange::kReplay;
  } else if (json["change"] == "drop") {
    wish.change = DeadLetterChange::kDrop;
  } else {
    return std::nullopt;
  }
  wish.all = json.contains("all") && json["all"] == true;
  for (const auto& id : json.contains("ids") ? json["ids"] : nlohmann::json::array()) {
    if (!id.is_string() || id == "") return std::nullopt;
    wish.ids.push_back(id);
  }
  return wish;
}

ServerResponse as_json(std::string body) {
  ServerResponse response;
  response.body = std::move(body);
  return response;
}

}  // namespace

base::Task<ServerResponse> newest_findings(OpenArchive open, int limit) {
  auto archive = open();
  if (!archive) co_return net::http::refuse(503, archive.error().message);
  std::string list = "[";
  auto scanned = archive.value()->scan_newest_first(schemas::topics::kFindings, [&](const bus::Record& record) {
    if (heartbeat::is_ours(record.key)) return true;
    list += (list.size() > 1 ? "," : "") + record.value;
    return --limit > 0;
  });
  if (!scanned) co_return net::http::refuse(503, scanned.error().message);
  co_return as_json(list + "]");
}

base::Task<ServerResponse> change_letters(OpenArchive open, bus::Bus& bus, bool at_once, std::string body) {
  auto wish = read_wish(body);
  if (!wish) {
    co_return net::http::refuse(400, R"(expected {"change": "replay" or "drop", "ids": [...], "all": true or false})");
  }
  auto archive = open();
  if (!archive) co_return net::http::refuse(503, archive.error().message);
  auto letters = open_dead_letters(*archive.value());
  if (!letters) co_return net::http::refuse(503, letters.error().message);
  if (!wish->all) letters = choose_dead_letters(std::move(letters.value()), wish->ids);
  if (!letters) {
    co_return net::http::refuse(letters.error().reason == base::Reason::kNotFound ? 404 : 400, letters.error().message);
  }
  auto count = letters.value().size();
  auto changed = co_await change_dead_letters(bus, std::move(letters.value()), wish->change, at_once);
  if (!changed) co_return net::http::refuse(503, changed.error().message);
  co_return as_json(nlohmann::json{{"changed", count}}.dump());
}

base::Task<base::Result<std::vector<std::string>>> unfinished_deliveries(OpenArchive open,
                                                                         std::vector<std::string> configured) {
  BOOST_OUTCOME_CO_TRY(auto archive, open());
  BOOST_OUTCOME_CO_TRY(auto topics, archive->topics());
  std::vector<std::string> unfinished;
  for (const std::string& sink : sinks::removed_sinks(topics, configured)) {
    BOOST_OUTCOME_CO_TRY(auto pending, sinks::pending_deliveries(*archive, sink));
    if (pending == 0) continue;
    for (const auto& topic : topics) {
      if (schemas::topics::sink_of(topic) == sink) unfinished.push_back(topic);
    }
  }
  co_return unfinished;
}

}  // namespace app
