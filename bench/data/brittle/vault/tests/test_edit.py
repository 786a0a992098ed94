import os
import unittest
from unittest import mock

from vault.edit import command, editor


class EditorTest(unittest.TestCase):
    def test_secrets_are_edited_with_vi(self):
        self.assertEqual(command("secret.txt"), ["vi", "secret.txt"])

    def test_the_visual_editor_goes_first(self):
        self.assertEqual(editor({"VISUAL": "code", "EDITOR": "nano"}), "code")

    def test_the_editor_may_have_options(self):
        self.assertEqual(command("a b.txt", {"EDITOR": "code --wait"}), ["code", "--wait", "a b.txt"])

    def test_an_empty_environment_has_vi(self):
        self.assertEqual(editor({}), "vi")

    @mock.patch.dict(os.environ, {"EDITOR": "ed"})
    @mock.patch.dict(os.environ)
    def test_the_environment_is_asked(self):
        os.environ.pop("VISUAL", None)
        self.assertEqual(editor(), "ed")
