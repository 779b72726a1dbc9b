// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <string>

#include "app/verbs/verbs.h"

namespace app::verbs {

namespace {

constexpr std::string_view kVerbs = "run replay check ledger explain history findings dlq version completion";
constexpr std::string_view kFlags =
    "--config --data-dir --listen --roles --record --pictures --speed --tail --limit --sink --outcome --state "
    "--incident --severity --since --server --token --ca-file --cert-file --key-file --all --online --output --version "
    "--help";

constexpr std::string_view kBash = R"(_tocsin() {{
  local word=${{COMP_WORDS[COMP_CWORD]}}
  case "${{COMP_WORDS[COMP_CWORD-1]}}" in
    --config|--record|replay) COMPREPLY=($(compgen -f -- "$word")); return ;;
    --data-dir|--pictures) COMPREPLY=($(compgen -d -- "$word")); return ;;
    -o|--output) COMPREPLY=($(compgen -W "table json yaml" -- "$word")); return ;;
    --outcome) COMPREPLY=($(compgen -W "delivered suppressed dead_lettered pending" -- "$word")); return ;;
    --state) COMPREPLY=($(compgen -W "opened updated resolved reopened" -- "$word")); return ;;
    --severity) COMPREPLY=($(compgen -W "DEBUG INFO LOW MEDIUM HIGH CRITICAL" -- "$word")); return ;;
    findings) COMPREPLY=($(compgen -W "list show" -- "$word")); return ;;
    dlq) COMPREPLY=($(compgen -W "list show replay drop" -- "$word")); return ;;
    completion) COMPREPLY=($(compgen -W "bash zsh fish" -- "$word")); return ;;
  esac
  if [[ $COMP_CWORD -eq 1 ]]; then
    COMPREPLY=($(compgen -W "{verbs}" -- "$word"))
  else
    COMPREPLY=($(compgen -W "{flags}" -- "$word"))
  fi
}}
complete -F _tocsin tocsin
)";

constexpr std::string_view kFish = R"(complete -c tocsin -f -n __fish_use_subcommand -a "{verbs}"
complete -c tocsin -f -n "__fish_seen_subcommand_from findings" -a "list show"
complete -c tocsin -f -n "__fish_seen_subcommand_from dlq" -a "list show replay drop"
complete -c tocsin -f -n "__fish_seen_subcommand_from completion" -a "bash zsh fish"
complete -c tocsin -l config -r -F
complete -c tocsin -l data-dir -r -F
complete -c tocsin -s o -l output -x -a "table json yaml"
complete -c tocsin -n "__fish_seen_subcommand_from history" -l sink -x
complete -c tocsin -n "__fish_seen_subcommand_from history" -l outcome -x -a "delivered suppressed dead_lettered pending"
complete -c tocsin -n "__fish_seen_subcommand_from history" -l state -x -a "opened updated resolved reopened"
complete -c tocsin -n "__fish_seen_subcommand_from history" -l severity -x -a "DEBUG INFO LOW MEDIUM HIGH CRITICAL"
complete -c tocsin -n "__fish_seen_subcommand_from history" -l incident -x
complete -c tocsin -n "__fish_seen_subcommand_from history" -l since -x
)";

}  // namespace

int completion(const std::string& shell) {
  if (shell == "fish") {
    fmt::print(kFish, fmt::arg("verbs", kVerbs));
    return 0;
  }
  // zsh runs bash's completions through bashcompinit.
  if (shell == "zsh") fmt::print("autoload -U +X bashcompinit && bashcompinit\n");
  fmt::print(kBash, fmt::arg("verbs", kVerbs), fmt::arg("flags", kFlags));
  return 0;
}

}  // namespace app::verbs
