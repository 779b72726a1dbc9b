// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace harness {

// How a program ended: by exit(code), or by a signal.
struct Exit {
  int code = 0;
  int signal = 0;
  bool is_success() const { return code == 0 && signal == 0; }
};

// A running program, whose output goes to a file. It is killed when the Process goes away, and when the thread that
// started it does (PR_SET_PDEATHSIG): start it from one that outlives it.
class Process {
 public:
  // Starts argv[0], searched in PATH. Throws std::system_error if it can't. Appends to the file `output`.
  Process(std::vector<std::string> argv, std::string output, std::vector<std::string> environment = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  // Nullopt while it runs.
  std::optional<Exit> exit();
  void signal(int number);
  // kill -9, and waits until it is gone.
  void kill();
  // Waits for its end; nullopt if it still runs after `limit`.
  std::optional<Exit> wait(std::chrono::milliseconds limit);
  // What it wrote so far.
  std::string output() const;

 private:
  pid_t pid_ = -1;
  std::string output_;
  std::optional<Exit> exit_;
};

// Runs a program to its end and returns how it ended and what it printed, standard error apart.
struct Finished {
  Exit exit;
  std::string out;
  std::string err;
};
Finished run(std::vector<std::string> argv, std::chrono::milliseconds limit = std::chrono::seconds(60));

// The path of a program in PATH, or empty.
std::string find_program(const std::string& name);

}  // namespace harness
