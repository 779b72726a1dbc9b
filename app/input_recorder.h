// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fstream>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "net/http/client.h"

namespace app {

// Appends what comes in, and what the outside world answered, to a file that `tocsin replay` reads. Recording is for
// people who want to try a configuration on yesterday's incidents: a line that can't be written is logged, and the
// pipeline goes on. Thread-safe.
class InputRecorder {
 public:
  static base::Result<std::unique_ptr<InputRecorder>> open(const std::string& path);

  // A webhook body that was accepted.
  void accepted(base::Time received, std::string_view body);
  // A client that also records every exchange. The recorder must outlive it.
  std::unique_ptr<net::http::Client> wrap(std::unique_ptr<net::http::Client> client);

 private:
  explicit InputRecorder(std::ofstream file) : file_(std::move(file)) {}
  void write(const std::string& line);

  std::mutex mutex_;
  std::ofstream file_;
};

}  // namespace app
