// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/io_context.hpp>

#include "app/config.h"
#include "tests/fakes/fake_http_client.h"
#include "tests/fuzz/fuzzers.h"

namespace fuzz {

namespace {

constexpr std::string_view kSecret = "s3cret";

std::optional<std::string> environment(const std::string& name) {
  if (name == "EMPTY") return "";
  if (name == "TOKEN") return std::string(kSecret) + ": [";
  return std::nullopt;
}

}  // namespace

void config_yaml(std::string_view input) {
  fakes::FakeHttpClient http;
  boost::asio::io_context context;
  base::yaml::Problems problems;
  auto config = app::read_config(input, &environment, {http, context.get_executor()}, problems);
  expect(config.has_value() != problems.has_errors(), "a configuration has errors, or it is there");
  // What the input says itself is no secret: comparing teaches the fuzzer the word.
  bool is_known = input.find(kSecret) != std::string_view::npos;
  for (const auto& problem : problems.sorted()) {
    std::string shown = base::yaml::to_string(problem, "tocsin.yaml");
    expect(!problem.message.empty(), "an error tells");
    expect(is_known || shown.find(kSecret) == std::string::npos, "an error tells no secrets");
  }
}

}  // namespace fuzz
