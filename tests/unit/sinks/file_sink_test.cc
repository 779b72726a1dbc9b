// SPDX-License-Identifier: Apache-2.0
#include "sinks/file/file_sink.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/fakes/io_thread.h"

namespace sinks::file {
namespace {

namespace fs = std::filesystem;

base::Task<std::string> send(FileSink& sink, const schemas::Delivery& delivery) {
  Sending sending{delivery, sink.render(delivery).value(), base::in(std::chrono::seconds(5))};
  auto reply = co_await sink.send(sending);
  co_return reply ? reply.value().detail : reply.error().message;
}

TEST(FileSink, WritesALineOfJsonForEachTransition) {
  std::string pattern = (fs::temp_directory_path() / "tocsin-XXXXXX").string();
  fs::path folder = ::mkdtemp(pattern.data());
  Options options;
  options.file_name = folder / "out.jsonl";
  fakes::IoThread pool;
  fakes::IoThread loop;
  FileSink sink(options, pool.executor());
  schemas::Delivery delivery{.id = "d"};
  delivery.transition.finding.title = "two\nlines";

  EXPECT_EQ(loop.run(send(sink, delivery)), options.file_name);
  EXPECT_EQ(loop.run(send(sink, delivery)), options.file_name);

  std::ifstream file(options.file_name);
  int lines = 0;
  for (std::string line; std::getline(file, line); ++lines) {
    EXPECT_EQ(nlohmann::json::parse(line)["finding"]["title"], "two\nlines");
  }
  EXPECT_EQ(lines, 2);
  fs::remove_all(folder);
}

TEST(FileSink, WritesTextForPeople) {
  Options options;
  options.format = Format::kText;
  options.colour = true;
  fakes::IoThread pool;
  FileSink sink(options, pool.executor());
  schemas::Delivery delivery{.id = "d"};
  delivery.transition.finding.title = "Pod web-1 restarts";

  auto body = sink.render(delivery).value().body;

  EXPECT_NE(body.find("Pod web-1 restarts"), std::string::npos);
  EXPECT_TRUE(body.ends_with("\n\n"));
}

TEST(FileSink, SaysWhyItCannotWrite) {
  Options options;
  options.file_name = "/dev/full";
  fakes::IoThread pool;
  fakes::IoThread loop;
  FileSink sink(options, pool.executor());

  EXPECT_EQ(loop.run(send(sink, {.id = "d"})), "cannot write to /dev/full: No space left on device");
}

}  // namespace
}  // namespace sinks::file
