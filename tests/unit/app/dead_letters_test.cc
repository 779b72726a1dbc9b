// SPDX-License-Identifier: Apache-2.0
#include "app/dead_letters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/log_endpoints.h"
#include "tests/fakes/fake_archive.h"
#include "tests/fakes/fake_bus.h"
#include "tests/fakes/io_thread.h"

namespace {

bus::DeadLetter letter(const std::string& id) {
  bus::DeadLetter made;
  made.id = id;
  made.stage = "playbooks";
  made.topic = "events";
  made.key = "key-" + id;
  made.value = "value-" + id;
  made.reason = "internal";
  return made;
}

class DeadLetterChanges : public ::testing::Test {
 protected:
  static base::Task<bool> run(bus::Bus& bus, app::DeadLetterChange change, bool at_once) {
    std::vector<bus::DeadLetter> letters = {letter("one"), letter("two")};
    auto changed = co_await app::change_dead_letters(bus, std::move(letters), change, at_once);
    co_return changed.has_value();
  }
  bool change(app::DeadLetterChange change, bool at_once) { return io_.run(run(bus_, change, at_once)); }

  fakes::IoThread io_;
  std::shared_ptr<fakes::BusLevers> levers_ = std::make_shared<fakes::BusLevers>();
  fakes::FakeBus bus_{levers_};
};

TEST_F(DeadLetterChanges, AreOneAppendWhereThatHoldsTogether) {
  ASSERT_TRUE(change(app::DeadLetterChange::kReplay, true));

  auto appends = levers_->appends();
  ASSERT_EQ(appends.size(), 1u);
  EXPECT_EQ(appends[0].records.size(), 4u);
  EXPECT_EQ(appends[0].counts.size(), 2u);
}

// The count rides with the record that it is about, and a letter leaves the list only when its record is back.
TEST_F(DeadLetterChanges, GoLetterByLetterWhereAnAppendMayBeKeptInPart) {
  ASSERT_TRUE(change(app::DeadLetterChange::kReplay, false));

  auto appends = levers_->appends();
  ASSERT_EQ(appends.size(), 4u);
  EXPECT_EQ(appends[0].records.at(0).topic, "events");
  EXPECT_EQ(appends[0].counts.at(0).by, -1);
  EXPECT_EQ(appends[1].records.at(0).topic, "dead_letters");
  EXPECT_TRUE(appends[1].counts.empty());
  EXPECT_EQ(appends[2].records.at(0).value, "value-two");
}

TEST_F(DeadLetterChanges, DropWithoutPuttingAnythingBack) {
  ASSERT_TRUE(change(app::DeadLetterChange::kDrop, false));

  for (const auto& append : levers_->appends()) {
    ASSERT_EQ(append.records.size(), 1u);
    EXPECT_EQ(append.records[0].topic, "dead_letters");
  }
}

TEST_F(DeadLetterChanges, AreOfTheLettersThatTheIdsMeanAndOfNoOthers) {
  auto ask = [&](const std::string& id) {
    auto open = []() -> base::Result<std::unique_ptr<bus::Archive>> {
      auto archive = std::make_unique<fakes::FakeArchive>();
      for (const char* there : {"ab", "ab-1", "ab-2", "cd-3"}) {
        archive->records["dead_letters"].push_back({.value = bus::encode(letter(there))});
      }
      return archive;
    };
    return io_.run(app::change_letters(open, bus_, true, R"({"change":"drop","ids":["cd",")" + id + "\"]}"));
  };

  EXPECT_EQ(ask("nothing").status, 404);
  auto ambiguous = ask("ab-");
  EXPECT_EQ(ambiguous.status, 400);
  EXPECT_THAT(ambiguous.body, testing::HasSubstr("ab- is the beginning of several: ab-1, ab-2"));
  EXPECT_TRUE(levers_->appends().empty());
  EXPECT_EQ(ask("ab").body, R"({"changed":2})");
  EXPECT_EQ(ask("ab-2").body, R"({"changed":2})");
}

TEST_F(DeadLetterChanges, StopAtTheFirstThatFails) {
  levers_->fail_with(base::passing(base::Reason::kUnavailable, "away"));

  EXPECT_FALSE(change(app::DeadLetterChange::kReplay, false));
  EXPECT_TRUE(levers_->appends().empty());
}

}  // namespace
