// SPDX-License-Identifier: Apache-2.0
// parse_lines FILE: parses each line of a recording as JSON, as the least that a replay has to do, and prints the
// seconds.
#include <chrono>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

int main(int count, char** arguments) {
  if (count != 2) {
    std::fprintf(stderr, "usage: parse_lines FILE\n");
    return 2;
  }
  auto began = std::chrono::steady_clock::now();
  std::ifstream in(arguments[1]);
  std::size_t members = 0;
  for (std::string line; std::getline(in, line);) members += nlohmann::json::parse(line).size();
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  std::printf("%.3f %zu\n", took.count(), members);
}
