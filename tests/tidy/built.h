// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/tidy/source_tree.h"

namespace tidy {

// Source files (relative to the tree) to the arguments they are compiled with, from compile_commands.json; without the
// compiler cache, the output and the source itself.
using CompileCommands = std::map<std::string, std::vector<std::string>, std::less<>>;
// Throws nlohmann::json::exception when `json` is not a compilation database.
CompileCommands parse_compile_commands(const std::string& json, const std::string& root);

// Every .cc of the tree is part of some program, tests first of all: a test that is not built can't fail.
Violations check_built(const Files& files, const CompileCommands& commands);

// Compiles each header by itself with the arguments of a source of its folder, several at a time. A header that
// compiled is remembered in `cache_dir` by a hash of itself, the headers of ours that it includes, and the arguments.
Violations check_headers_alone(const Files& files, const CompileCommands& commands, const std::string& root,
                               const std::string& cache_dir);

}  // namespace tidy
