# SPDX-License-Identifier: Apache-2.0
# parley_add_plugin and parley_add_plugin_test: see below.

function(parley_add_plugin id)
endfunction()

function(parley_add_plugin_test id)
endfunction()
