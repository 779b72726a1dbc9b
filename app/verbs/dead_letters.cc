// SPDX-License-Identifier: Apache-2.0
#include "app/dead_letters.h"

#include <nlohmann/json.hpp>

#include "app/await.h"
#include "app/table.h"
#include "app/verbs/looking.h"
#include "app/verbs/verbs.h"
#include "base/threads.h"
#include "net/http/curl_client.h"

namespace app::verbs {

namespace {

constexpr std::chrono::seconds kAnswerWithin{30};

nlohmann::json as_json(const bus::DeadLetter& letter) { return nlohmann::json::parse(bus::encode(letter)); }

// What tocsin says itself when it refuses; empty: it was not tocsin.
std::string refusal_in(const std::string& body) {
  auto json = nlohmann::json::parse(body, nullptr, false);
  if (!json.is_object() || !json.contains("error") || !json["error"].is_string()) return {};
  return json["error"];
}

base::Result<std::string> post(const DeadLetterArgs& args, const nlohmann::json& body) {
  base::Threads threads("http", 1);
  auto client = net::http::make_client({}, threads.executor());
  BOOST_OUTCOME_TRY(client->start());
  net::http::Request request;
  request.method = "POST";
  request.url = (args.server.find("://") == std::string::npos ? "http://" : "") + args.server + "/api/dlq";
  net::http::Access access;
  access.bearer_token = base::Secret(args.token);
  access.ca_file = args.ca_file;
  access.cert_file = args.cert_file;
  access.key_file = args.key_file;
  request.access = &access;
  request.headers = {{"Content-Type", "application/json"}};
  request.body = body.dump();
  request.deadline = base::in(kAnswerWithin);
  auto response = await(threads.executor(), client->send(std::move(request)));
  await(threads.executor(), client->stop());
  if (!response) return response.error();
  if (auto told = refusal_in(response.value().body); response.value().status >= 400 && !told.empty()) {
    return base::permanent(base::Reason::kBadRequest, std::move(told));
  }
  BOOST_OUTCOME_TRY(net::http::classify(response.value()));
  return std::move(response.value().body);
}

int change(const DeadLetterArgs& args, const char* what) {
  if (args.ids.empty() && !args.all) {
    fmt::print(stderr, "tocsin: name the ids of dead letters, or --all\n");
    return 2;
  }
  auto answer = post(args, {{"change", what}, {"ids", args.ids}, {"all", args.all}});
  if (!answer) return complain(answer.error().in("dlq " + std::string(what)));
  auto json = nlohmann::json::parse(answer.value(), nullptr, false);
  fmt::print("{}: {} dead letters\n", what, json.is_object() ? json.value("changed", 0) : 0);
  return 0;
}

}  // namespace

int dead_letters_list(const LookArgs& args) {
  auto archive = open_archive(args);
  if (!archive) return complain(archive.error());
  auto letters = open_dead_letters(*archive.value());
  if (!letters) return complain(letters.error());
  Table table({"ID", "AT", "STAGE", "TOPIC", "REASON", "ATTEMPTS", "MESSAGE"});
  nlohmann::json list = nlohmann::json::array();
  int left = args.limit;
  for (const bus::DeadLetter& letter : letters.value()) {
    if (left-- == 0) break;
    list.push_back(as_json(letter));
    table.add({short_id(letter.id), base::to_rfc3339(std::chrono::floor<std::chrono::seconds>(letter.at)), letter.stage,
               letter.topic, letter.reason, std::to_string(letter.attempts), shorten(letter.message, 60)});
  }
  print(args.output == Output::kTable ? table.to_string() : structured(list, args.output));
  return 0;
}

int dead_letters_show(const LookArgs& args) {
  auto archive = open_archive(args);
  if (!archive) return complain(archive.error());
  auto letters = open_dead_letters(*archive.value());
  if (!letters) return complain(letters.error());
  auto chosen = choose_dead_letters(std::move(letters.value()), {args.id});
  if (!chosen) return complain(chosen.error());
  print(structured(as_json(chosen.value().front()), args.output == Output::kYaml ? Output::kYaml : Output::kJson));
  return 0;
}

int dead_letters_replay(const DeadLetterArgs& args) { return change(args, "replay"); }
int dead_letters_drop(const DeadLetterArgs& args) { return change(args, "drop"); }

}  // namespace app::verbs
