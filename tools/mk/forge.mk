# The files for a public forge: its workflow and its forms, against their schemas and a linter.

FORGE_VENV := $(ROOT)target/forge-venv
.PHONY: forge forge-lock

$(FORGE_VENV)/installed: tools/forge.txt
	python3 -m venv --clear $(FORGE_VENV) && $(FORGE_VENV)/bin/pip install --quiet --require-hashes --requirement $<
	@touch $@

forge: $(FORGE_VENV)/installed ## the workflow and the issue forms in .github, against their schemas and zizmor
	$(FORGE_VENV)/bin/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(FORGE_VENV)/bin/check-jsonschema --builtin-schema vendor.github-issue-forms .github/ISSUE_TEMPLATE/wrong-*.yml
	$(FORGE_VENV)/bin/check-jsonschema --builtin-schema vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
	$(FORGE_VENV)/bin/zizmor --quiet --offline .github

forge-lock: ## tools/forge.txt anew, from forge.in
	python3 -m venv $(ROOT)target/forge-lock && $(ROOT)target/forge-lock/bin/pip install --quiet pip-tools
	$(ROOT)target/forge-lock/bin/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links --output-file $(ROOT)target/forge-lock/forge.txt tools/forge.in
	{ echo '# What checks .github, exactly. `make forge-lock` writes it from forge.in.'; \
		sed '/./,$$!d' $(ROOT)target/forge-lock/forge.txt; } > tools/forge.txt
