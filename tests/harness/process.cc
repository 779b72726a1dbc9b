// SPDX-License-Identifier: Apache-2.0
#include "tests/harness/process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <sstream>
#include <system_error>

#include "tests/harness/eventually.h"
#include "tests/harness/temp_dir.h"

namespace harness {
namespace {

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> out;
  out.reserve(words.size() + 1);
  for (std::string& word : words) out.push_back(word.data());
  out.push_back(nullptr);
  return out;
}

int open_output(const std::string& path) { return open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644); }

// In the child, between fork and exec: system calls only.
[[noreturn]] void become(char* const* argv, char* const* environment, int out, int err, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);
  int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  dup2(nothing, STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  dup2(err, STDERR_FILENO);
  execvpe(argv[0], argv, environment);
  _exit(127);
}

pid_t start(std::vector<std::string> argv, std::vector<std::string> added, int out, int err) {
  std::vector<std::string> environment = std::move(added);
  for (char** entry = environ; *entry != nullptr; ++entry) environment.emplace_back(*entry);
  auto words = pointers(argv);
  auto settings = pointers(environment);
  pid_t parent = getpid();
  pid_t pid = fork();
  if (pid == 0) become(words.data(), settings.data(), out, err, parent);
  if (pid < 0) throw std::system_error(errno, std::generic_category(), "fork");
  return pid;
}

Exit exit_of(int status) {
  if (WIFSIGNALED(status)) return {0, WTERMSIG(status)};
  return {WEXITSTATUS(status), 0};
}

}  // namespace

Process::Process(std::vector<std::string> argv, std::string output, std::vector<std::string> environment)
    : output_(std::move(output)) {
  int out = open_output(output_);
  if (out < 0) throw std::system_error(errno, std::generic_category(), output_);
  pid_ = start(std::move(argv), std::move(environment), out, out);
  close(out);
}

Process::~Process() { kill(); }

std::optional<Exit> Process::exit() {
  int status = 0;
  if (!exit_ && waitpid(pid_, &status, WNOHANG) == pid_) exit_ = exit_of(status);
  return exit_;
}

void Process::signal(int number) {
  if (!exit()) ::kill(pid_, number);
}

void Process::kill() {
  if (exit()) return;
  ::kill(pid_, SIGKILL);
  int status = 0;
  waitpid(pid_, &status, 0);
  exit_ = exit_of(status);
}

std::optional<Exit> Process::wait(std::chrono::milliseconds limit) {
  eventually(limit, [&] { return exit().has_value(); });
  return exit_;
}

std::string Process::output() const { return read_text(output_); }

Finished run(std::vector<std::string> argv, std::chrono::milliseconds limit) {
  TempDir dir;
  std::string out_path = dir.path() + "/out";
  std::string shell = "exec \"$@\" > '" + out_path + "'";
  argv.insert(argv.begin(), {"/bin/sh", "-c", shell, "sh"});
  Process process(std::move(argv), dir.path() + "/err");
  process.wait(limit);
  process.kill();
  return {*process.exit(), read_text(out_path), process.output()};
}

std::string find_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "/usr/bin" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    std::string candidate = folder + "/" + name;
    if (access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return {};
}

}  // namespace harness
