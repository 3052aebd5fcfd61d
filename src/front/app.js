// What a page gains where script runs; every page does its work without this file.
(function () {
	'use strict';

	var doc = document;
	var longestSide = 1600;
	var smallEnough = 400 * 1024;

	doc.documentElement.classList.add('cb-js');

	function all(selector, root) {
		return Array.prototype.slice.call((root || doc).querySelectorAll(selector));
	}

	function make(tag, className, text) {
		var node = doc.createElement(tag);
		node.className = className;
		if (text)
			node.textContent = text;
		return node;
	}

	// --- Irreversible acts ask once more -------------------------------------

	function confirmed(form) {
		form.setAttribute('data-confirmed', '');
		var button = form.querySelector('[type=submit]');
		if (form.requestSubmit)
			form.requestSubmit(button);
		else
			button.click();
	}

	function ask(form, words) {
		var dialog = make('dialog', 'cb-dialog');
		var bar = make('div', 'cb-dialog-bar');
		var no = make('button', 'btn cb-btn', words.no);
		var yes = make('button', 'btn btn-primary cb-btn cb-btn-primary', words.yes);
		var text = make('p', 'cb-dialog-text', words.text);

		text.id = 'cb-dialog-text';
		dialog.setAttribute('aria-labelledby', text.id);
		no.type = yes.type = 'button';
		bar.appendChild(no);
		bar.appendChild(yes);
		dialog.appendChild(text);
		dialog.appendChild(bar);
		doc.body.appendChild(dialog);
		no.addEventListener('click', function () { dialog.close(); });
		yes.addEventListener('click', function () { dialog.close(); confirmed(form); });
		dialog.addEventListener('close', function () { dialog.remove(); });
		dialog.showModal();
		no.focus();
	}

	doc.addEventListener('submit', function (event) {
		var form = event.target;
		var text = form.getAttribute('data-confirm');

		if (!text || form.hasAttribute('data-confirmed'))
			return;
		event.preventDefault();
		event.stopImmediatePropagation();
		if (typeof HTMLDialogElement === 'function' && HTMLDialogElement.prototype.showModal)
			ask(form, { text: text, yes: form.getAttribute('data-yes'), no: form.getAttribute('data-no') });
		else if (window.confirm(text))
			confirmed(form);
	}, true);

	// A second press while the first is under way would only be answered from the first; save the wait.
	doc.addEventListener('submit', function (event) {
		var form = event.target;

		if (event.defaultPrevented || form.method !== 'post')
			return;
		if (form.hasAttribute('data-sent')) {
			event.preventDefault();
			return;
		}
		form.setAttribute('data-sent', '');
		all('[type=submit]', form).forEach(function (button) { button.classList.add('cb-busy'); });
	});

	window.addEventListener('pageshow', function () {
		all('form[data-sent]').forEach(function (form) { form.removeAttribute('data-sent'); });
		all('.cb-busy').forEach(function (button) { button.classList.remove('cb-busy'); });
	});

	// --- Photos: shown before they are sent, and made smaller ----------------

	function scaled(image, type) {
		var ratio = Math.min(1, longestSide / Math.max(image.width, image.height));
		var canvas = doc.createElement('canvas');

		canvas.width = Math.round(image.width * ratio);
		canvas.height = Math.round(image.height * ratio);
		canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
		return new Promise(function (resolve) { canvas.toBlob(resolve, type, 0.85); });
	}

	function shrink(file, image) {
		if (file.size <= smallEnough)
			return Promise.resolve(file);
		return scaled(image, 'image/jpeg').then(function (blob) {
			if (!blob || blob.size >= file.size)
				return file;
			return new File([blob], 'photo.jpg', { type: 'image/jpeg' });
		});
	}

	// A bitmap needs no blob: address, which the policy would refuse. Kernels that do not turn a
	// photo as its EXIF says would lose the turn, and what cannot be drawn (HEIC) goes as it is.
	function loaded(file) {
		if (!window.createImageBitmap || !window.CSS || !CSS.supports('image-orientation', 'from-image'))
			return Promise.resolve(null);
		return createImageBitmap(file).catch(function () { return null; });
	}

	function preview(list, file, image) {
		var item = make('li', 'cb-photo-new');

		if (image) {
			var canvas = doc.createElement('canvas');
			var side = Math.min(image.width, image.height);
			canvas.width = canvas.height = 192;
			canvas.getContext('2d').drawImage(image, (image.width - side) / 2,
				(image.height - side) / 2, side, side, 0, 0, 192, 192);
			canvas.setAttribute('role', 'img');
			canvas.setAttribute('aria-label', file.name);
			item.appendChild(canvas);
		} else {
			item.textContent = file.name;
		}
		list.appendChild(item);
	}

	function refill(input, files) {
		try {
			var transfer = new DataTransfer();
			files.forEach(function (file) { transfer.items.add(file); });
			input.files = transfer.files;
		} catch (error) {
			// Kernels without a writable list send the photos as they were taken.
		}
	}

	function takePhotos(input) {
		var list = doc.getElementById(input.getAttribute('data-preview'));
		var picked = Array.prototype.slice.call(input.files);

		all('[data-from="' + input.id + '"]', list).forEach(function (old) { old.remove(); });
		Promise.all(picked.map(function (file) {
			return loaded(file).then(function (image) {
				preview(list, file, image);
				list.lastChild.setAttribute('data-from', input.id);
				return image ? shrink(file, image) : file;
			});
		})).then(function (files) { refill(input, files); });
	}

	doc.addEventListener('change', function (event) {
		var input = event.target;

		if (input.hasAttribute('data-preview'))
			takePhotos(input);
		else if (input.hasAttribute('data-submit'))
			input.form.submit();
	});

	// --- A list as words: copied at once; without script the link opens a page that they are copied from --------

	function tell(words) {
		var old = doc.querySelector('.cb-told');
		var told = make('p', 'cb-told', words);

		if (old)
			old.remove();
		told.setAttribute('role', 'status');
		doc.body.appendChild(told);
		setTimeout(function () { told.remove(); }, 4000);
	}

	// Where the clipboard is kept from scripts (no https), a selection can still be copied.
	function copyOld(text) {
		var area = make('textarea', 'cb-sr');
		var done;

		area.value = text;
		doc.body.appendChild(area);
		area.select();
		done = doc.execCommand('copy');
		area.remove();
		return done ? Promise.resolve() : Promise.reject(new Error('copy'));
	}

	function copy(text) {
		if (navigator.clipboard && window.isSecureContext)
			return navigator.clipboard.writeText(text).catch(function () { return copyOld(text); });
		return copyOld(text);
	}

	function copyLink(link) {
		fetch(link.href, { headers: { Accept: 'text/plain' }, credentials: 'same-origin' }).then(function (answer) {
			if (!answer.ok)
				throw new Error('copy');
			return answer.text();
		}).then(copy).then(function () {
			tell(link.getAttribute('data-done'));
		}).catch(function () { location.href = link.href; });
	}

	doc.addEventListener('click', function (event) {
		var link = event.target.closest ? event.target.closest('[data-copy]') : null;

		if (!link || event.ctrlKey || event.metaKey || event.shiftKey)
			return;
		event.preventDefault();
		copyLink(link);
	});

	all('[data-copy-from]').forEach(function (button) {
		var area = doc.getElementById(button.getAttribute('data-copy-from'));

		button.hidden = false;
		button.addEventListener('click', function () {
			area.focus();
			area.select();
			copy(area.value).then(function () { tell(button.getAttribute('data-done')); });
		});
	});

	// A wording to take over goes into its field, whose form opens.
	all('[data-fill]').forEach(function (button) {
		var area = doc.getElementById(button.getAttribute('data-fill'));
		var fold = area && area.closest('details');

		button.hidden = !area;
		button.addEventListener('click', function () {
			if (fold)
				fold.open = true;
			area.value = button.getAttribute('data-text');
			area.focus();
		});
	});

	// A list that was fetched anew brings its button anew.
	function showPrint() {
		all('[data-print]').forEach(function (button) {
			button.hidden = false;
			button.onclick = function () { window.print(); };
		});
	}
	showPrint();
	doc.addEventListener('htmx:afterSettle', showPrint);

	// On a phone the menu is a strip: where one is stands in sight.
	var current = doc.querySelector('.cb-menu [aria-current]');
	var strip = current && current.closest('.cb-menu');
	if (strip && strip.scrollWidth > strip.clientWidth)
		strip.scrollLeft = current.offsetLeft - (strip.clientWidth - current.offsetWidth) / 2;

	// What answered a report has an address of its own: going back to it or reloading sends nothing again.
	var here = doc.querySelector('[data-here]');
	if (here && window.history.replaceState)
		window.history.replaceState(null, '', here.getAttribute('data-here'));

	// Somebody who waits for an answer sees it when it is there; the page itself fetches it.
	var waiting = doc.querySelector('[data-poll]');
	function poll() {
		fetch(waiting.getAttribute('data-poll'), { headers: { Accept: 'application/json' }, credentials: 'same-origin' })
			.then(function (answer) { return answer.json(); })
			.then(function (found) { if (found.state !== 'waiting') window.location.reload(); else later(); }, later);
	}
	function later() { setTimeout(poll, 4000); }
	if (waiting && window.fetch)
		later();

	// The first wrong field of a refused form is where the reader goes on.
	var problem = doc.getElementById('problem');
	if (problem)
		problem.focus();
})();
