from views import LOGIN_REDIRECT_URL, language_redirect_url, login_redirect_url


def test_login_goes_where_it_was_asked_for():
    assert login_redirect_url('/next/', 'testserver') == '/next/'


def test_login_stays_at_home():
    assert login_redirect_url('http://example.com/', 'testserver') == LOGIN_REDIRECT_URL


def test_language_falls_back_to_the_referer():
    assert language_redirect_url(None, '/from/', 'testserver') == '/from/'
