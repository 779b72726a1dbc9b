// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "bus/archive.h"
#include "tests/contract/bus/crash_test.h"

namespace contract {
namespace {

class EmbeddedCrash : public CrashTest {
 protected:
  pid_t spawn_child(std::string_view failpoint, int nth) {
    return spawn({"crash-child", directory_.path(), std::string(failpoint), std::to_string(nth)});
  }

  std::uintmax_t acknowledged_bytes() const {
    std::error_code absent;
    auto size = std::filesystem::file_size(directory_.path() / "acknowledged", absent);
    return absent ? 0 : size;
  }

  // Waits until the child has acknowledged something, and a random while longer.
  void kill_at_random(std::mt19937& random) {
    std::uintmax_t before = acknowledged_bytes();
    pid_t child = spawn_child("none", 0);
    auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (acknowledged_bytes() == before && std::chrono::steady_clock::now() < deadline) {
      pause(std::chrono::milliseconds(1));
    }
    pause(std::chrono::milliseconds(random() % 60));
    kill(child);
  }

  // Nothing lost, nothing twice, order kept, sums agree.
  void verify(bool with_retention) {
    base::SystemClock clock;
    base::Metrics metrics;
    work_off(
        *bus::embedded::make_embedded_bus(crash_options(directory_.path() / "data", with_retention), clock, metrics));
    auto archive = bus::embedded::open_embedded_archive(directory_.path() / "data");
    ASSERT_TRUE(archive);
    auto counters = archive.value()->counters().value();
    EXPECT_EQ(counters["violations"], 0);
    EXPECT_EQ(counters["appended"], counters["first"]);
    EXPECT_EQ(counters["appended"], counters["second"]);
    std::int64_t counted = 0;
    ASSERT_TRUE(archive.value()->scan_state(
        "first", "t", [&](const auto&, const auto&, const std::string& value) { counted += std::stoll(value); }));
    EXPECT_EQ(counted, counters["first"]);
    if (!with_retention) verify_outputs(*archive.value());
  }

  void verify_outputs(const bus::Archive& archive) const {
    Numbers out;
    ASSERT_TRUE(archive.scan("out", 0, [&](const bus::Record& record) {
      out[record.key].push_back(std::stoll(record.value));
      return true;
    }));
    for (auto& [key, numbers] : out) {
      EXPECT_TRUE(std::is_sorted(numbers.begin(), numbers.end(), std::less_equal<>())) << key;
    }
    for (const auto& [key, numbers] : acknowledged()) {
      for (auto number : numbers) {
        EXPECT_TRUE(std::binary_search(out[key].begin(), out[key].end(), number)) << key << " lost " << number;
      }
    }
  }
};

TEST_F(EmbeddedCrash, NothingIsLostOrDoubledByKillsAtRandomMoments) {
  // The log grows by what was appended: a look after each crash would take longer than the crash.
  crash_at_random(
      "TOCSIN_CRASHES", 30, 10, [this](std::mt19937& random) { kill_at_random(random); }, [this] { verify(false); });
}

// Everything after the last sync is gone: nothing that was acknowledged is among it, and what is left fits together.
TEST_F(EmbeddedCrash, NothingAcknowledgedIsLostByALossOfPower) {
  for (int nth : {2, 5, 40}) {
    ASSERT_NO_FATAL_FAILURE(wait_for_failpoint(spawn_child(kSyncedPoint, nth)));
    std::filesystem::remove_all(directory_.path() / "data");
    std::filesystem::rename(directory_.path() / "synced", directory_.path() / "data");
    verify(false);
  }
}

class EmbeddedFailpoint : public EmbeddedCrash, public ::testing::WithParamInterface<const char*> {};

TEST_P(EmbeddedFailpoint, NothingIsLostOrDoubledByAKillThere) {
  std::string failpoint = GetParam();
  for (int nth : {1, 7, 60}) {
    ASSERT_NO_FATAL_FAILURE(wait_for_failpoint(spawn_child(failpoint, nth)));
    verify(failpoint.ends_with("_retention"));
  }
}

INSTANTIATE_TEST_SUITE_P(Points, EmbeddedFailpoint,
                         testing::Values("before_begin", "before_commit", "after_commit", "before_dispatch",
                                         "after_dispatch", "after_completion", "after_handler", "before_submit",
                                         "before_position", "before_sync", "in_retention", "after_retention"),
                         [](const auto& point) { return std::string(point.param); });

}  // namespace
}  // namespace contract
