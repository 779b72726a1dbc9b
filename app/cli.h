// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace app {

// Parses the command line, runs the verb, returns the exit code.
int run_cli(int argc, char** argv);

}  // namespace app
