"""The playbook that `kintsugi playbooks new` begins with: small, whole, and accepted by `kintsugi playbooks check`."""
