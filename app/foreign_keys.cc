// SPDX-License-Identifier: Apache-2.0
#include "app/foreign_keys.h"

#include <map>

namespace app {

namespace {

constexpr std::string_view kChart = "it steers Robusta's chart, which tocsin does not install";
constexpr std::string_view kPython = "Python playbooks can't be loaded";
constexpr std::string_view kCloud = "tocsin needs no vendor cloud";
constexpr std::string_view kLater = "it is not supported yet";

const std::map<std::string_view, std::string_view>& meanings() {
  static const std::map<std::string_view, std::string_view> kMeanings = {
      {"argoRollouts", kChart},
      {"automountServiceAccountToken", kChart},
      {"builtinPlaybooks", "tocsin brings its own builtin playbooks; see disabledPlaybooks"},
      {"clusterZone", "findings do not carry a zone"},
      {"disableCloudRouting", kCloud},
      {"enableHolmesGPT", kLater},
      {"enablePlatformPlaybooks", "the platform playbooks serve Robusta's cloud"},
      {"enablePrometheusStack", kChart},
      {"enableServiceMonitors", kChart},
      {"enabledManagedConfiguration", kCloud},
      {"fullnameOverride", kChart},
      {"global", kChart},
      {"grafanaRenderer", "charts are drawn by tocsin itself"},
      {"holmes", kLater},
      {"image", kChart},
      {"isSmallCluster", "tocsin's memory does not depend on it"},
      {"kube-prometheus-stack", kChart},
      {"kubewatch", kLater},
      {"lightActions", "actions can't be run from outside"},
      {"light_actions", "actions can't be run from outside"},
      {"monitorHelmReleases", kLater},
      {"namedCustomPlaybooks", "put its playbooks into customPlaybooks"},
      {"openshift", kChart},
      {"overrideClusterRoles", kChart},
      {"customClusterRoleRules", kChart},
      {"platformPlaybooks", "the platform playbooks serve Robusta's cloud"},
      {"playbookRepos", kPython},
      {"playbook_repos", kPython},
      {"playbooksPersistentVolume", kPython},
      {"playbooksPersistentVolumeSize", kPython},
      {"playbooksPersistentVolumeStorageClass", kPython},
      {"priorityBuiltinPlaybooks", "tocsin brings its own builtin playbooks; see disabledPlaybooks"},
      {"rsa", kCloud},
      {"runner", kChart},
      {"runnerServiceAccount", kChart},
      {"scaleAlertsProcessing", "alerts are always processed side by side"},
  };
  return kMeanings;
}

}  // namespace

std::string_view meaning_of_foreign_key(std::string_view key) {
  auto it = meanings().find(key);
  return it == meanings().end() ? std::string_view() : it->second;
}

std::vector<std::string_view> foreign_keys() {
  std::vector<std::string_view> keys;
  for (const auto& [key, meaning] : meanings()) keys.push_back(key);
  return keys;
}

}  // namespace app
