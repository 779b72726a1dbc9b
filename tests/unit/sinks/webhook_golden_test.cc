// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/yaml/parse.h"
#include "sinks/body/sample.h"
#include "sinks/sink_set.h"
#include "sinks/webhook/webhook_sink.h"
#include "tests/fakes/fake_http_client.h"

namespace sinks {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// What is sent as it is written in the golden files: headers that the body brings, and the body.
std::string shown(const Rendered& rendered) {
  std::string text = "Content-Type: " + rendered.content_type + "\n";
  for (const auto& [name, value] : rendered.headers) text += name + ": " + value + "\n";
  return text + "\n" + rendered.body + "\n";
}

// A body that differs is written beside the program, to be looked at and copied to tests/golden when it is meant to
// change.
TEST(WebhookBodies, AreWhatTheGoldenFilesSay) {
  SinkTypes types;
  types.add(webhook_sink_type());
  fakes::FakeHttpClient http;
  boost::asio::io_context pool;
  base::yaml::Problems problems;
  auto root = base::yaml::parse(
      read(fs::path(TOCSIN_SOURCE_DIR) / "tests/configs/good/webhook-bodies.yaml"),
      [](const std::string&) { return std::nullopt; }, problems);
  auto set = load_sinks(*root.find("sinksConfig"), types, {.http = http, .file_pool = pool.get_executor()}, problems);
  for (const auto& problem : problems.sorted()) ADD_FAILURE() << base::yaml::to_string(problem, "");
  ASSERT_EQ(set.members.size(), 4u);

  for (const auto& member : set.members) {
    std::string found;
    for (const auto& sample : {body::full_sample(), body::bare_sample()}) {
      found += shown(member.configured.sink->render(sample).value());
    }
    std::string name = "webhook-" + member.name + ".txt";
    EXPECT_EQ(found, read(fs::path(TOCSIN_SOURCE_DIR) / "tests/golden" / name)) << name;
    std::ofstream(fs::path(TOCSIN_BINARY_DIR) / name) << found;
  }
}

}  // namespace
}  // namespace sinks
