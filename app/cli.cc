// SPDX-License-Identifier: Apache-2.0
#include "app/cli.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/verbs/verbs.h"
#include "base/version.h"

namespace app {

namespace {

using verbs::Output;

// What the chosen verb will do, once the whole line has been understood.
using Chosen = std::function<int()>;

using NamedOutputs = std::vector<std::pair<std::string, Output>>;
const NamedOutputs kOutputs = {{"table", Output::kTable}, {"json", Output::kJson}, {"yaml", Output::kYaml}};
const NamedOutputs kLineOutputs = {{"table", Output::kTable}, {"json", Output::kJson}};

void add_config(CLI::App* verb, std::string& config) {
  verb->add_option("--config", config, "The configuration file")->envname("TOCSIN_CONFIG")->required();
}

CLI::Option* add_data_dir(CLI::App* verb, std::string& data_dir) {
  return verb->add_option("--data-dir", data_dir, "Where the embedded log is kept")->envname("TOCSIN_DATA_DIR");
}

// A replay must not come by the directory of an installation: not from the environment.
void add_new_data_dir(CLI::App* verb, std::string& data_dir) {
  verb->add_option("--data-dir", data_dir, "Keep the log in this new or empty directory [a temporary one]");
}

std::string joined(const NamedOutputs& outputs, const char* separator) {
  std::string names;
  for (const auto& [name, output] : outputs) names += (names.empty() ? "" : separator) + name;
  return names;
}

// CLI::CheckedTransformer shows people the numbers of the values too.
void add_output(CLI::App* verb, Output& output, const NamedOutputs& known = kOutputs) {
  auto to_number = [known](std::string& text) -> std::string {
    for (const auto& [name, value] : known) {
      if (name != text) continue;
      text = std::to_string(static_cast<int>(value));
      return {};
    }
    return text + " is none of " + joined(known, ", ");
  };
  verb->add_option("-o,--output", output, "How results are printed [table]")
      ->transform(CLI::Validator(to_number, ""))
      ->type_name(joined(known, "|"));
}

// Every verb takes --config and --data-dir, so that scripts can pass the same flags to all; those that only look at the
// log read no more of the configuration than where that is.
template <class Args>
std::shared_ptr<Args> looking_args(CLI::App* verb) {
  auto args = std::make_shared<Args>();
  args->data_dir = "/var/lib/tocsin";
  add_data_dir(verb, args->data_dir)->capture_default_str();
  verb->add_option("--config", args->config, "The configuration file, which says where the log is [the data directory]")
      ->envname("TOCSIN_CONFIG");
  add_output(verb, args->output);
  return args;
}

void add_run(CLI::App& cli, Chosen& chosen) {
  auto args = std::make_shared<verbs::RunArgs>();
  args->data_dir = "/var/lib/tocsin";
  auto* verb = cli.add_subcommand("run", "Run the pipeline: take webhooks, enrich, deliver");
  add_config(verb, args->config);
  add_data_dir(verb, args->data_dir)->capture_default_str();
  verb->add_option("--listen", args->listen, "ADDR:PORT of the HTTP server [0.0.0.0:5000]")->envname("TOCSIN_LISTEN");
  verb->add_option("--roles", args->roles, "ingest,playbooks,incidents,sinks,investigate [all]")
      ->delimiter(',')
      ->envname("TOCSIN_ROLES")
      ->check(CLI::IsMember({"ingest", "playbooks", "incidents", "sinks", "investigate"}));
  verb->add_option("--record", args->record, "Append inputs and outside answers to this file, for replay");
  verb->callback([args, &chosen] { chosen = [args] { return verbs::run(*args); }; });
}

void add_replay(CLI::App& cli, Chosen& chosen) {
  auto args = std::make_shared<verbs::ReplayArgs>();
  args->tail = "1h";
  auto* verb = cli.add_subcommand("replay", "Play recorded input through the pipeline, on its own clock");
  verb->add_option("file", args->file, "JSON lines, as `run --record` writes them")->required();
  add_config(verb, args->config);
  add_new_data_dir(verb, args->data_dir);
  verb->add_option("--pictures", args->pictures, "Write charts as PNG files into this directory");
  verb->add_option("--speed", args->speed, "Times real time; 0 is as fast as it goes")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  verb->add_option("--tail", args->tail, "How long the clock runs on after the last input")->capture_default_str();
  add_output(verb, args->output, kLineOutputs);
  verb->callback([args, &chosen] { chosen = [args] { return verbs::replay(*args); }; });
}

void add_check(CLI::App& cli, Chosen& chosen) {
  auto args = std::make_shared<verbs::CheckArgs>();
  auto* verb = cli.add_subcommand("check", "Check a configuration file and say everything that is wrong with it");
  add_config(verb, args->config);
  verb->add_flag(
      "--online", args->online,
      "Also ask Kafka for its topics and Slack for token, scopes and channel, not webhooks and files; changes nothing");
  auto ignored = std::make_shared<std::string>();
  add_data_dir(verb, *ignored);
  add_output(verb, args->output);
  verb->callback([args, ignored, &chosen] { chosen = [args] { return verbs::check(*args); }; });
}

CLI::App* add_looking(CLI::App& cli, Chosen& chosen, const char* name, const char* what,
                      int (*act)(const verbs::LookArgs&), const char* id = nullptr) {
  auto* verb = cli.add_subcommand(name, what);
  auto args = looking_args<verbs::LookArgs>(verb);
  if (id != nullptr) verb->add_option("id", args->id, id)->required();
  verb->add_option("--limit", args->limit, "At most so many rows")->check(CLI::Range(1, 100000))->capture_default_str();
  verb->callback([args, act, &chosen] { chosen = [args, act] { return act(*args); }; });
  return verb;
}

void add_findings(CLI::App& cli, Chosen& chosen) {
  auto* findings = cli.add_subcommand("findings", "Findings, newest first")->require_subcommand(1);
  add_looking(*findings, chosen, "list", "List the newest findings", verbs::findings_list);
  add_looking(*findings, chosen, "show", "Show one finding with its evidence", verbs::findings_show,
              "Id of the finding, or its beginning");
}

void add_history(CLI::App& cli, Chosen& chosen) {
  auto* verb = cli.add_subcommand("history", "What was delivered where, what was not and why; the newest last");
  auto args = looking_args<verbs::HistoryArgs>(verb);
  verb->add_option("--sink", args->sinks, "Only of these sinks")->delimiter(',');
  verb->add_option("--outcome", args->outcomes, "Only delivered, suppressed, dead_lettered, pending")
      ->delimiter(',')
      ->check(CLI::IsMember({"delivered", "suppressed", "dead_lettered", "pending"}));
  verb->add_option("--state", args->states, "Only of incidents that opened, updated, resolved, reopened")
      ->delimiter(',')
      ->check(CLI::IsMember({"opened", "updated", "resolved", "reopened"}));
  verb->add_option("--incident", args->incident, "Only of this incident: its id or identity, or the beginning");
  verb->add_option("--severity", args->severity, "Only of this severity and worse")
      ->check(CLI::IsMember({"DEBUG", "INFO", "LOW", "MEDIUM", "HIGH", "CRITICAL"}, CLI::ignore_case));
  verb->add_option("--since", args->since, "Only since then: how long ago (90m, 7d) or a time in RFC 3339");
  verb->add_option("--limit", args->limit, "At most so many rows: the newest")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  verb->callback([args, &chosen] { chosen = [args] { return verbs::history(*args); }; });
}

void add_dead_letter_change(CLI::App& cli, Chosen& chosen, const char* name, const char* what,
                            int (*act)(const verbs::DeadLetterArgs&)) {
  auto args = std::make_shared<verbs::DeadLetterArgs>();
  args->server = "127.0.0.1:5000";
  auto* verb = cli.add_subcommand(name, what);
  verb->add_option("ids", args->ids, "Ids of dead letters, or their beginnings");
  verb->add_flag("--all", args->all, "All that are there");
  verb->add_option("--server", args->server, "ADDR:PORT or URL of the running tocsin")->capture_default_str();
  verb->add_option("--token", args->token, "Its server.token, where it wants one")->envname("TOCSIN_TOKEN");
  verb->add_option("--ca-file", args->ca_file, "PEM file of the authorities that its certificate may have");
  auto* cert = verb->add_option("--cert-file", args->cert_file, "PEM file of our certificate, where it wants one");
  auto* key = verb->add_option("--key-file", args->key_file, "PEM file of its key");
  cert->needs(key);
  key->needs(cert);
  verb->callback([args, act, &chosen] { chosen = [args, act] { return act(*args); }; });
}

void add_dead_letters(CLI::App& cli, Chosen& chosen) {
  auto* dlq = cli.add_subcommand("dlq", "Dead letters: what was given up, kept to be played again");
  dlq->require_subcommand(1);
  add_looking(*dlq, chosen, "list", "List the dead letters", verbs::dead_letters_list);
  add_looking(*dlq, chosen, "show", "Show one dead letter", verbs::dead_letters_show, "Id, or its beginning");
  add_dead_letter_change(*dlq, chosen, "replay", "Put dead letters back where they were", verbs::dead_letters_replay);
  add_dead_letter_change(*dlq, chosen, "drop", "Take dead letters off the list for good", verbs::dead_letters_drop);
}

void add_about(CLI::App& cli, Chosen& chosen) {
  auto output = std::make_shared<Output>(Output::kTable);
  auto* version = cli.add_subcommand("version", "Print the version");
  add_output(version, *output);
  version->callback([output, &chosen] { chosen = [output] { return verbs::version(*output); }; });

  auto shell = std::make_shared<std::string>();
  auto* completion = cli.add_subcommand("completion", "Print a completion script");
  completion->add_option("shell", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  completion->callback([shell, &chosen] { chosen = [shell] { return verbs::completion(*shell); }; });
}

// What is said of a line that can't be followed. CLI11 only says that a subcommand is required.
int refuse(const CLI::App& cli, const CLI::ParseError& error) {
  const CLI::App* verb = &cli;
  while (!verb->get_subcommands().empty()) verb = verb->get_subcommands().front();
  auto words = verb->remaining();
  auto word = std::find_if(words.begin(), words.end(), [](const std::string& text) { return !text.starts_with('-'); });
  bool is_unknown = verb->get_require_subcommand_min() > 0 && word != words.end() && error.get_exit_code() != 0;
  if (is_unknown) return cli.exit(CLI::ParseError("unknown subcommand " + *word, CLI::ExitCodes::ExtrasError));
  return cli.exit(error);
}

}  // namespace

int run_cli(int argc, char** argv) {
  CLI::App cli("tocsin: alerts in, enriched findings out, nothing lost", "tocsin");
  cli.require_subcommand(1);
  cli.set_version_flag("--version", std::string("tocsin ") + base::kVersion, "Print the version");
  Chosen chosen;
  add_run(cli, chosen);
  add_replay(cli, chosen);
  add_check(cli, chosen);
  add_looking(cli, chosen, "ledger", "Compare what came in with what became of it", verbs::ledger);
  add_looking(cli, chosen, "explain", "Say what every stage decided of an event, and how every sink answered",
              verbs::explain, "Id of an event, a finding or an incident, or its beginning");
  add_history(cli, chosen);
  add_findings(cli, chosen);
  add_dead_letters(cli, chosen);
  add_about(cli, chosen);
  try {
    cli.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return refuse(cli, error) == 0 ? 0 : 2;
  }
  return chosen();
}

}  // namespace app
