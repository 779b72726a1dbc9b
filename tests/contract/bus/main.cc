// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string_view>

#include "tests/contract/bus/crash_child.h"

// The crash tests start this program again as the process to be killed.
int main(int argc, char** argv) {
  if (argc == 5 && std::string_view(argv[1]) == "crash-child") {
    return contract::run_crash_child(argv[2], argv[3], std::stoi(argv[4]));
  }
  if (argc == 6 && std::string_view(argv[1]) == "kafka-crash-child") {
    return contract::run_kafka_crash_child(argv[2], argv[3], std::stoi(argv[4]), argv[5]);
  }
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
