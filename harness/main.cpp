// SPDX-License-Identifier: MIT
#include "harness/cli/program.h"

int main(int argc, char** argv) { return interregnum::run_program(argc, argv); }
