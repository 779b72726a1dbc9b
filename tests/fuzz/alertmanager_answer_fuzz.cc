// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include "net/alertmanager/silences.h"
#include "schemas/codec/writer.h"
#include "tests/fakes/fake_http_client.h"
#include "tests/fuzz/fuzzers.h"

namespace fuzz {

namespace {

using net::alertmanager::Silences;

// What is said of an error goes into logs and to people.
template <class T>
void look_at(const base::Result<T>& outcome, std::string_view answer) {
  if (outcome) return;
  const auto& message = outcome.error().message;
  expect(message.size() < 2000, "an error is no page");
  using schemas::codec::is_utf8;
  expect(!is_utf8(answer) || is_utf8(message), "no character is cut in two");
}

base::Task<void> ask(Silences& silences, std::string_view answer) {
  auto deadline = base::Deadline::max();
  auto active = co_await silences.active("alertname", "Crash", deadline);
  look_at(active, answer);
  auto made = co_await silences.create({.matchers = {{"alertname", "Crash"}}, .starts = {}, .ends = {}}, deadline);
  look_at(made, answer);
  expect(!made || !made.value().empty(), "what was made has an id");
}

}  // namespace

void alertmanager_answer(std::string_view input) {
  for (int status : {200, 400, 503}) {
    boost::asio::io_context context;
    fakes::FakeHttpClient http;
    http.answer("alertmanager", status, std::string(input));
    Silences silences(http, "http://alertmanager:9093", {});
    auto done = boost::asio::co_spawn(context, ask(silences, input), boost::asio::use_future);
    context.run();
    done.get();
  }
}

}  // namespace fuzz
