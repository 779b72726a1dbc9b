// SPDX-License-Identifier: Apache-2.0
#include "tests/tidy/built.h"

#include <array>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <thread>

#include "tests/tidy/cpp_text.h"

namespace tidy {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> arguments_of(const std::string& command) {
  std::istringstream in(command);
  std::vector<std::string> arguments;
  bool leave_out_next = false;
  for (std::string word; in >> word;) {
    if (leave_out_next) {
      leave_out_next = false;
    } else if (word == "-o" || word == "-c" || word == "-MT" || word == "-MF") {
      leave_out_next = true;
    } else if (word != "-MD" && !word.ends_with("/ccache")) {
      arguments.push_back(word);
    }
  }
  return arguments;
}

// The first source of a folder or one below it; a test if there is one, because tests are compiled with more
// definitions.
const std::vector<std::string>* arguments_in(const std::string& folder, const CompileCommands& commands) {
  const std::vector<std::string>* found = nullptr;
  for (auto it = commands.lower_bound(folder); it != commands.end() && it->first.starts_with(folder); ++it) {
    if (it->first.ends_with("_test.cc")) return &it->second;
    if (found == nullptr) found = &it->second;
  }
  return found;
}

// The arguments for a header: those of a source in the deepest folder that they share.
const std::vector<std::string>* arguments_for(const std::string& header, const CompileCommands& commands) {
  for (fs::path folder = fs::path(header).parent_path(); !folder.empty(); folder = folder.parent_path()) {
    if (auto* found = arguments_in(folder.generic_string() + "/", commands)) return found;
  }
  // A folder of headers only: the sources of app see every folder below them.
  if (auto* found = arguments_in("app/", commands)) return found;
  return commands.empty() ? nullptr : &commands.begin()->second;
}

void collect(const std::string& path, const std::map<std::string, const SourceFile*>& by_path,
             std::set<std::string>& seen) {
  auto file = by_path.find(path);
  if (file == by_path.end() || !seen.insert(path).second) return;
  for (const Include& include : includes_of(file->second->text)) {
    if (!include.angled) collect(include.path, by_path, seen);
  }
}

std::string join(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += word + " ";
  return out;
}

// One header to compile.
struct Job {
  std::string header;
  std::string command;
  std::string mark;  // The file that says that this very text has compiled.
};

std::string compile(const Job& job) {
  FILE* pipe = popen((job.command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return "can't start the compiler";
  std::string output;
  std::array<char, 4096> buffer;
  while (std::size_t size = std::fread(buffer.data(), 1, buffer.size(), pipe)) output.append(buffer.data(), size);
  if (pclose(pipe) == 0) return {};
  return output.empty() ? "the compiler failed silently" : output;
}

// The headers that some source of a program includes first.
std::set<std::string> first_includes(const Files& files, const CompileCommands& commands) {
  std::set<std::string> headers;
  for (const SourceFile& file : files) {
    if (!file.is_cc() || !commands.contains(file.path)) continue;
    std::vector<Include> includes = includes_of(file.text);
    if (!includes.empty()) headers.insert(includes.front().path);
  }
  return headers;
}

std::vector<Job> jobs_for(const Files& files, const CompileCommands& commands, const std::string& root,
                          const std::string& cache_dir, Violations& out) {
  std::map<std::string, const SourceFile*> by_path;
  for (const SourceFile& file : files) by_path[file.path] = &file;
  std::set<std::string> proven = first_includes(files, commands);
  std::vector<Job> jobs;
  for (const SourceFile& file : files) {
    if (!file.is_header() || proven.contains(file.path)) continue;
    const std::vector<std::string>* arguments = arguments_for(file.path, commands);
    if (arguments == nullptr) {
      out.push_back({file.path, 0, "no source to take compiler arguments from"});
      continue;
    }
    Job job{file.path, "", ""};
    // Included instead of compiled, so that #pragma once works for a header whose _inl.h includes it back.
    job.command = join(*arguments) + "-fsyntax-only -x c++ -include '" + root + "/" + file.path + "' /dev/null";
    std::string input = job.command;
    std::set<std::string> seen;
    collect(file.path, by_path, seen);
    for (const std::string& path : seen) input += by_path[path]->text;
    job.mark = cache_dir + "/" + std::to_string(std::hash<std::string>()(input));
    if (!fs::exists(job.mark)) jobs.push_back(std::move(job));
  }
  return jobs;
}

}  // namespace

CompileCommands parse_compile_commands(const std::string& json, const std::string& root) {
  CompileCommands commands;
  for (const nlohmann::json& entry : nlohmann::json::parse(json)) {
    std::string path = entry.at("file").get<std::string>();
    if (path.starts_with(root + "/")) path.erase(0, root.size() + 1);
    commands[path] = arguments_of(entry.at("command").get<std::string>());
  }
  return commands;
}

Violations check_built(const Files& files, const CompileCommands& commands) {
  Violations out;
  for (const SourceFile& file : files) {
    // Benchmarks and fuzzers are built by presets of their own.
    if (!file.is_cc() || file.folder() == "bench" || file.path.starts_with("tests/fuzz/")) continue;
    if (!commands.contains(file.path))
      out.push_back({file.path, 0, "is part of no program: no CMakeLists.txt lists it"});
  }
  return out;
}

Violations check_headers_alone(const Files& files, const CompileCommands& commands, const std::string& root,
                               const std::string& cache_dir) {
  fs::create_directories(cache_dir);
  Violations out;
  std::vector<Job> jobs = jobs_for(files, commands, root, cache_dir, out);
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  auto work = [&] {
    for (std::size_t i = next++; i < jobs.size(); i = next++) {
      std::string output = compile(jobs[i]);
      if (output.empty()) {
        std::ofstream(jobs[i].mark) << jobs[i].header << "\n";
      } else {
        std::lock_guard lock(mutex);
        out.push_back({jobs[i].header, 0, "does not compile alone:\n" + output});
      }
    }
  };
  std::vector<std::jthread> workers(std::max(1u, std::thread::hardware_concurrency()));
  for (std::jthread& worker : workers) worker = std::jthread(work);
  workers.clear();
  return out;
}

}  // namespace tidy
